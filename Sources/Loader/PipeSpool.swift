import Foundation

/// What a pipe gave, in a file without a name, so that it can be read in any order and nothing is left behind.
struct PipeSpool {
    let file: ShardFile
    /// How the file can be opened again while it is open.
    var path: String { "/proc/self/fd/\(file.descriptor)" }
    let byteCount: Int64

    /// Reads a pipe, or what a command writes, to its end.
    ///
    /// - Throws: `LoaderError` when it gives more than `maxBytes`, cannot be read, or the command fails.
    init(_ location: ShardLocation, folder: String, maxBytes: Int64) throws {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var name = Array((folder + "/pipe-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else {
            throw LoaderError(
                .cannotWrite, "\(folder) cannot be written: \(String(cString: strerror(errno)))")
        }
        unlink(name)
        file = ShardFile(descriptor: descriptor)
        let copy = Copy(to: descriptor, of: location.description, maxBytes: maxBytes)
        switch location {
        case .command(let command): byteCount = try copy.run(command)
        case .stream(let path), .file(let path), .remote(let path):
            guard let source = ShardFile(path) else {
                throw LoaderError(.unreadable, "\(path): \(String(cString: strerror(errno)))")
            }
            byteCount = try copy.all(of: source.descriptor)
        }
    }
}

/// Copies a pipe to a file within a number of bytes.
private struct Copy {
    private let target: Int32
    private let name: String
    private let maxBytes: Int64

    init(to target: Int32, of name: String, maxBytes: Int64) {
        (self.target, self.name, self.maxBytes) = (target, name, maxBytes)
    }

    func run(_ command: String) throws -> Int64 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch {
            throw LoaderError(.unreadable, "\(name) cannot be run: \(error.localizedDescription)")
        }
        let result = Result { try all(of: pipe.fileHandleForReading.fileDescriptor) }
        // Whatever still writes, a grandchild too, is told so by a broken pipe.
        if case .failure = result { try? pipe.fileHandleForReading.close() }
        process.waitUntilExit()
        let count = try result.get()
        guard process.terminationStatus == 0 else {
            throw LoaderError(.unreadable, "\(name) ended with status \(process.terminationStatus)")
        }
        return count
    }

    func all(of source: Int32) throws -> Int64 {
        var total: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw failure(.unreadable) }
            if count == 0 { return total }
            total += Int64(count)
            guard total <= maxBytes else {
                throw LoaderError(
                    .unreadable, "\(name) gives more than \(maxBytes) bytes: allow a larger cache")
            }
            guard write(buffer[..<count]) else { throw failure(.cannotWrite) }
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while let base = rest.baseAddress, rest.count > 0 {
                let count = Foundation.write(target, base, rest.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }

    private func failure(_ code: LoaderError.Code) -> LoaderError {
        LoaderError(code, "\(name): \(String(cString: strerror(errno)))")
    }
}
