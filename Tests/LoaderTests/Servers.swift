import Foundation
import Synchronization
import TestSupport

/// An S3 service that checks signatures, as `scripts/s3-server` runs it.
final class S3Server {
    struct Facts: Decodable {
        let endpoint, key, secret: String
    }

    static let python = ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"]
    let facts: Facts
    private let input = Pipe()
    private let process = Process()

    init(_ folder: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.python ?? "python3")
        let script = URL(fileURLWithPath: #filePath).appending(path: "../../../scripts/s3-server")
        process.arguments = [script.standardizedFileURL.path, folder]
        (process.standardInput, process.standardOutput) = (input, output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        facts = try JSONDecoder().decode(Facts.self, from: output.fileHandleForReading.availableData)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

/// Serves ranges of one file, one request a connection; every third request is refused for the moment, every other
/// third breaks off in the middle.
final class FlakyServer: Sendable {
    private struct State {
        var requests = 0
        var faults = 0
        /// How often each range was asked for: by range, because requests come in no certain order.
        var attempts: [Range<Int>: Int] = [:]
        var whole: [Range<Int>] = []
        var firstBytes: [Int] = []
        var breaksAfter: Int?
    }

    private let server: RawServer
    private let state: Ledger

    /// Guards what the server's threads write down.
    private final class Ledger: Sendable {
        let state = Mutex(State())
    }

    var url: String { server.url("/shard.tar") }
    var faults: Int { state.state.withLock { $0.faults } }
    /// Where each request for more than one byte began, in order; one byte is asked for to learn the version.
    var firstBytes: [Int] { state.state.withLock { $0.firstBytes } }
    /// Ranges of more than one byte that were answered in full, and how many whole pieces they are.
    var bytesServedWhole: Int64 { state.state.withLock { Int64($0.whole.reduce(0) { $0 + $1.count }) } }
    var pieces: Int64 { state.state.withLock { Int64(Set($0.whole).count) } }

    /// - Parameter breaksForEverAfter: From that many answers on, everything breaks until `heal`.
    init(file: String, breaksForEverAfter limit: Int? = nil) throws {
        var content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        // Whole pieces, so that they can be counted; zeros behind an archive's end mean nothing.
        content += [UInt8](repeating: 0, count: (16_384 - content.count % 16_384) % 16_384)
        let ledger = Ledger()
        ledger.state.withLock { $0.breaksAfter = limit }
        state = ledger
        server = try RawServer { [content] peer in
            guard let request = peer.readRequest(), let range = Self.range(request) else { return }
            let fault = ledger.state.withLock { state -> Int in
                state.requests += 1
                if range.count > 1 { state.firstBytes.append(range.lowerBound) }
                let attempt = state.attempts[range, default: 0] + 1
                state.attempts[range] = attempt
                let isWhole =
                    state.breaksAfter.map { state.requests <= $0 }
                    ?? (attempt % 3 == 0 || range.count == 1)
                if isWhole, range.count > 1 { state.whole.append(range) }
                if !isWhole { state.faults += 1 }
                return isWhole ? 0 : attempt % 3 == 1 || state.breaksAfter != nil ? 1 : 2
            }
            if fault == 2 {
                peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            }
            let end = range.upperBound - 1
            peer.send(
                "HTTP/1.1 206 Partial\r\nContent-Length: \(range.count)\r\nETag: \"one\"\r\nConnection: close\r\n"
                    + "Content-Range: bytes \(range.lowerBound)-\(end)/\(content.count)\r\n\r\n")
            peer.send(Array(content[range].prefix(fault == 0 ? range.count : range.count / 2)))
        }
    }

    /// Everything works from now on.
    func heal() { state.state.withLock { $0.breaksAfter = .max } }

    private static func range(_ request: String) -> Range<Int>? {
        let line = request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("range: bytes=") }
        let numbers = line?.split(separator: "=").last?.split(separator: "-").compactMap { Int($0) }
        guard let numbers, numbers.count == 2 else { return nil }
        return numbers[0]..<numbers[1] + 1
    }
}
