internal import Foundation

/// A folder for sorted runs that goes away, with all in it, with its owner.
final class SpillFolder {
    private let path: String
    private var count = 0

    /// Makes a fresh folder inside `parent`.
    init(in parent: String) throws {
        path = "\(parent)/wit-queries-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } catch {
            throw QueryBankError(.cannotWrite, "\(parent): cannot hold temporary files; name another folder")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func newRun() throws -> RunWriter {
        count += 1
        return try RunWriter(RunFile(path: "\(path)/\(count)", folder: self))
    }
}

/// A sorted run on disk; the file goes away with its last reader.
final class RunFile {
    fileprivate let path: String
    private let folder: SpillFolder

    fileprivate init(path: String, folder: SpillFolder) {
        self.path = path
        self.folder = folder
    }

    deinit { unlink(path) }
}

/// Writes a run: a key and its count, again and again.
final class RunWriter {
    private let run: RunFile
    private let file: UnsafeMutablePointer<FILE>
    private var buffer: [UInt8] = []
    private static let bufferBytes = 1 << 18

    fileprivate init(_ run: RunFile) throws {
        guard let file = fopen(run.path, "wb") else {
            throw QueryBankError(.cannotWrite, "\(run.path): \(String(cString: strerror(errno)))")
        }
        self.run = run
        self.file = file
    }

    deinit { fclose(file) }

    func write(_ key: some SpillKey, _ count: Int) throws {
        key.append(to: &buffer)
        Self.append(UInt64(count), to: &buffer)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    func finish() throws -> RunFile {
        try flush()
        return run
    }

    private func flush() throws {
        guard fwrite(buffer, 1, buffer.count, file) == buffer.count, fflush(file) == 0 else {
            throw QueryBankError(
                .cannotWrite, "\(run.path): \(String(cString: strerror(errno))); name a folder with more room"
            )
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Seven bits a byte, lowest first (LEB128).
    static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads a run back.
final class RunReader {
    private let run: RunFile
    private let file: UnsafeMutablePointer<FILE>
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)
    private var position = 0
    private var end = 0

    init(_ run: RunFile) throws {
        guard let file = fopen(run.path, "rb") else {
            throw QueryBankError(.cannotRead, "\(run.path): \(String(cString: strerror(errno)))")
        }
        self.run = run
        self.file = file
    }

    deinit { fclose(file) }

    /// The next key and count; `nil` at the end.
    func next<Key: SpillKey>(_: Key.Type) throws -> (key: Key, count: Int)? {
        guard try position < end || refill() else { return nil }
        let key = try Key.read(from: self)
        return (key, Int(clamping: try number()))
    }

    func number() throws -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            number |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return number }
            shift += 7
            guard shift < 64 else { throw damaged() }
        }
    }

    func take(_ count: Int) throws -> [UInt8] {
        if count <= end - position {
            defer { position += count }
            return Array(buffer[position..<position + count])
        }
        return try (0..<count).map { _ in try byte() }
    }

    private func byte() throws -> UInt8 {
        guard try position < end || refill() else { throw damaged() }
        defer { position += 1 }
        return buffer[position]
    }

    private func refill() throws -> Bool {
        position = 0
        end = fread(&buffer, 1, buffer.count, file)
        guard end > 0 || ferror(file) == 0 else { throw damaged() }
        return end > 0
    }

    private func damaged() -> QueryBankError {
        QueryBankError(.cannotRead, "\(run.path): a temporary file cannot be read back; is the disk sound?")
    }
}
