internal import CZlib
import Foundation

/// CLIP's merges file: one header line, then a pair of symbols a line in the order in which they were learnt.
enum MergesFile {
    /// Merges of CLIP's vocabulary: 49,408 ids less 512 byte symbols and 2 special ones.
    static let mergeCount = 49_408 - 512 - 2
    /// The name under which OpenAI, OpenCLIP and `scripts/setup` know the file.
    static let name = "bpe_simple_vocab_16e6.txt.gz"

    /// More than any real list of merges needs before its 48,894th line (CLIP's: 0.8 MB).
    private static let maxBytes = 8 << 20

    /// The first line of a file that `VocabularyTrainer` made: all of its merges count, however many.
    static let ownHeader = "#version: wit 1"

    /// The merges of a file, gzip or plain, in order; symbols as the file spells them.
    static func read(_ path: String) throws -> [(Substring, Substring)] {
        let text = try firstLines(mergeCount + 1, of: path)
        let all = text.split(separator: "\n", omittingEmptySubsequences: false)
        let lines = all.dropFirst().prefix(mergeCount)
        guard lines.count == mergeCount || (all.first.map(String.init) == ownHeader && !lines.isEmpty) else {
            throw TokenizerError(
                .mergesInvalid,
                "\(path) holds \(lines.count) merges where CLIP's has \(mergeCount): get the file again with scripts/setup"
            )
        }
        return try lines.enumerated().map { number, line in
            let symbols = line.split(separator: " ")
            guard symbols.count == 2 else {
                throw TokenizerError(
                    .mergesInvalid,
                    "\(path) line \(number + 2) is not two symbols: get the file again with scripts/setup")
            }
            return (symbols[0], symbols[1])
        }
    }

    /// Reads no further than `count` lines: the file holds five times as many merges as CLIP uses.
    private static func firstLines(_ count: Int, of path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw TokenizerError(
                .mergesNotFound, "\(path) does not exist: run scripts/setup, or name \(name)")
        }
        guard let file = gzopen(path, "rb") else {
            throw TokenizerError(.mergesUnreadable, "\(path) cannot be opened: check its permissions")
        }
        defer { gzclose(file) }
        var bytes: [UInt8] = []
        var lines = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while lines < count, bytes.count < maxBytes {
            let length = Int(gzread(file, &chunk, UInt32(chunk.count)))
            guard length >= 0 else {
                throw TokenizerError(
                    .mergesUnreadable, "\(path) is damaged (gzip): get the file again with scripts/setup")
            }
            if length == 0 { break }
            lines += chunk[..<length].count { $0 == UInt8(ascii: "\n") }
            bytes += chunk[..<length]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The first merges file among: `WIT_MERGES`, `share/wit` beside the binary or its folder, the user's cache.
    static func locate(environment: [String: String]) -> String? {
        if let named = environment["WIT_MERGES"], !named.isEmpty { return named }
        return searchPath(environment: environment).first { FileManager.default.fileExists(atPath: $0) }
    }

    /// Where an unnamed merges file is looked for, in order.
    static func searchPath(environment: [String: String]) -> [String] {
        var paths: [String] = []
        if let binary = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            let folder = URL(fileURLWithPath: binary).deletingLastPathComponent()
            paths.append(folder.appendingPathComponent("share/wit/\(name)").path)
            paths.append(folder.deletingLastPathComponent().appendingPathComponent("share/wit/\(name)").path)
        }
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            paths.append("\(cache)/wit/\(name)")
        } else if let home = environment["HOME"] {
            paths.append("\(home)/.cache/wit/\(name)")
        }
        return paths
    }
}
