import Foundation
import Synchronization
import TestSupport

/// The demonstration site, served by a real nginx for as long as the value lives.
final class Site: Sendable {
    let port: Int
    let folder: TemporaryFolder

    /// The address of the front page.
    var url: String { "http://127.0.0.2:\(port)/" }

    /// The next port to try: each site of a run gets its own.
    private static let nextPort = Mutex(20_000 + Int(ProcessInfo.processInfo.processIdentifier % 20_000))

    private init(port: Int, folder: TemporaryFolder) {
        self.port = port
        self.folder = folder
    }

    /// Writes the site and starts nginx.
    static func start() async throws -> Site {
        let folder = try TemporaryFolder("wit-site")
        let port = nextPort.withLock { port in
            port += 1
            return port
        }
        let site = Site(port: port, folder: folder)
        try await script("demo-site", [folder.file("site")])
        try await script("serve-site", [folder.file("site"), String(port), folder.file("nginx")])
        return site
    }

    /// Every request that nginx saw: status and path.
    func requests() throws -> [(status: Int, path: String)] {
        let log = try String(contentsOfFile: folder.file("nginx/access.log"), encoding: .utf8)
        return log.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 3, let status = Int(words[1]) else { return nil }
            return (status, String(words[3]))
        }
    }

    /// The text of every gallery page.
    func pages() throws -> [String] {
        let root = folder.file("site/gallery")
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".html") }
            .map { try String(contentsOfFile: root + "/" + $0, encoding: .utf8) }
    }

    private static func script(_ name: String, _ arguments: [String]) async throws {
        let outcome = try await Program.run(Program.repository + "/scripts/" + name, arguments)
        guard outcome.status == 0 else { throw ScriptFailure(name: name, errors: outcome.errors) }
    }

    deinit {
        // nginx answers SIGTERM at once; it is no child of ours, so there is nobody to wait for.
        guard let text = try? String(contentsOfFile: folder.file("nginx/nginx.pid"), encoding: .utf8),
            let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return }
        kill(process, SIGTERM)
    }
}

struct ScriptFailure: Error {
    let name: String
    let errors: String
}
