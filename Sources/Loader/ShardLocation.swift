import Foundation

/// Where one archive is.
enum ShardLocation: Sendable, Hashable {
    /// A file.
    case file(String)
    /// An `http`, `https` or `s3` URL.
    case remote(String)
    /// A shell command that writes the archive.
    case command(String)
    /// A named pipe, standard input or what else can be read once.
    case stream(String)

    /// All archives that a pattern names, in order: `pipe:COMMAND`, `-`, URLs and paths.
    static func expand(_ pattern: String) throws -> [ShardLocation] {
        let command = "pipe:"
        if pattern.hasPrefix(command) {
            return try ShardPattern.braces(String(pattern.dropFirst(command.count))).map { .command($0) }
        }
        if pattern == "-" { return [.stream("/dev/stdin")] }
        if isRemote(pattern) { return try ShardPattern.braces(pattern).map { .remote($0) } }
        return try ShardPattern.expand(pattern).map { path in
            var status = stat()
            let isFile = stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
            return isFile ? .file(path) : .stream(path)
        }
    }

    static func isRemote(_ pattern: String) -> Bool {
        ["http://", "https://", "s3://"].contains { pattern.lowercased().hasPrefix($0) }
    }

    /// What identifies the archive beside its index: the last part only, since a set may move.
    var name: String {
        switch self {
        case .file(let path): (path as NSString).lastPathComponent
        case .remote(let url): (String(url.prefix { $0 != "?" }) as NSString).lastPathComponent
        case .command(let command): command
        case .stream: "-"
        }
    }

    /// How errors call it.
    var description: String {
        switch self {
        case .file(let text), .remote(let text), .stream(let text): text
        case .command(let command): "pipe:" + command
        }
    }
}
