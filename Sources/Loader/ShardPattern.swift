import Foundation

/// The files that a pattern names.
enum ShardPattern {
    /// More alternatives than any real set has shards.
    static let maxAlternatives = 1_000_000

    /// Existing files in the order of the pattern's alternatives, each alternative's matches sorted by name.
    static func expand(_ pattern: String) throws -> [String] {
        var paths: [String] = []
        for alternative in try braces(pattern) {
            let matches = files(alternative)
            guard !matches.isEmpty else {
                throw LoaderError(
                    .noSuchFile, "\(alternative) does not exist: name a store folder or tar files")
            }
            paths += matches
        }
        return paths
    }

    private static func files(_ pattern: String) -> [String] {
        if FileManager.default.fileExists(atPath: pattern) { return [pattern] }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// Expands `{a,b}` and `{00..31}` as a shell does; braces inside braces are not.
    static func braces(_ pattern: String) throws -> [String] {
        guard let open = pattern.firstIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}") else {
            return [pattern]
        }
        let head = pattern[..<open]
        let tails = try braces(String(pattern[pattern.index(after: close)...]))
        let choices = try alternatives(pattern[pattern.index(after: open)..<close], in: pattern)
        guard choices.count * tails.count <= maxAlternatives else { throw tooMany(pattern) }
        return choices.flatMap { choice in tails.map { "\(head)\(choice)\($0)" } }
    }

    private static func alternatives(_ body: Substring, in pattern: String) throws -> [String] {
        let ends = body.components(separatedBy: "..")
        guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first >= 0, last >= 0 else {
            return body.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard abs(last - first) < maxAlternatives else { throw tooMany(pattern) }
        // A leading zero asks for numbers of that width.
        let width = ends.contains { $0.hasPrefix("0") && $0.count > 1 } ? ends.map(\.count).max() ?? 0 : 0
        return stride(from: first, through: last, by: first <= last ? 1 : -1).map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }

    private static func tooMany(_ pattern: String) -> LoaderError {
        LoaderError(
            .badConfiguration, "\(pattern) stands for more than \(maxAlternatives) files: use * instead")
    }
}
