internal import Digest
internal import Foundation

extension QueryList {
    /// The largest list file, uncompressed: forty times the default list.
    private static let maxFileBytes = 512 << 20
    /// The most rows a list may have: ids and counters stay small, and it is thirty times the paper's list.
    private static let maxRows = 1 << 24

    /// Loads a list by the ending of its name, `.gz` (gzip) optional after each: `.tsv` (text, source, score; the
    /// last two may be missing), `.txt` (one text a line), `.json` (an array of strings, as MetaCLIP's
    /// `metadata.json`).
    ///
    /// Throws `QueryBankError` when the file cannot be read, is damaged, too large or of another kind. A row that
    /// cannot match is not an error: see `report`.
    public init(contentsOf path: String) throws {
        let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
        guard let kind = Kind.allCases.first(where: { name.hasSuffix("." + $0.rawValue) }) else {
            throw QueryBankError(.badFormat, "\(path): a query list ends in .tsv, .txt or .json (and .gz)")
        }
        let content = try GzipFile(path).readAll(limit: Self.maxFileBytes)
        let builder =
            switch kind {
            case .json: try Self.readJSON(content, path: path)
            case .tsv, .txt: try Self.readLines(content, columns: kind == .tsv, path: path)
            }
        self.init(builder, sha256: SHA256Digest(of: content).hex)
    }

    private enum Kind: String, CaseIterable { case tsv, txt, json }

    private static func readLines(_ content: [UInt8], columns: Bool, path: String) throws -> QueryListBuilder
    {
        var builder = QueryListBuilder()
        var lines = content[...]
        if lines.last == UInt8(ascii: "\n") { lines.removeLast() }
        guard !lines.isEmpty else { return builder }
        var sources = SourceNames()
        for line in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try checkRoom(builder, path: path)
            var fields = line.split(
                separator: UInt8(ascii: "\t"), maxSplits: columns ? 2 : 0, omittingEmptySubsequences: false)
            if fields[fields.count - 1].last == UInt8(ascii: "\r") { fields[fields.count - 1].removeLast() }
            builder.append(fields[0], source: fields.count > 1 ? sources.name(fields[1]) : nil)
        }
        return builder
    }

    private static func readJSON(_ content: [UInt8], path: String) throws -> QueryListBuilder {
        let texts: [String]
        do {
            texts = try JSONDecoder().decode([String].self, from: Data(content))
        } catch {
            throw QueryBankError(
                .badFormat, "\(path): not a JSON array of strings; see MetaCLIP's metadata.json")
        }
        var builder = QueryListBuilder()
        for text in texts {
            try checkRoom(builder, path: path)
            builder.append(text.utf8, source: nil)
        }
        return builder
    }

    private static func checkRoom(_ builder: borrowing QueryListBuilder, path: String) throws {
        guard builder.pool.count < maxRows else {
            throw QueryBankError(.tooLarge, "\(path): more than \(maxRows) rows; split the list")
        }
    }
}

/// The few distinct source names of a list, without a new string for every row.
private struct SourceNames {
    private var last: (bytes: ArraySlice<UInt8>, name: String) = ([], "")

    mutating func name(_ bytes: ArraySlice<UInt8>) -> String {
        if !bytes.elementsEqual(last.bytes) { last = (bytes, String(decoding: bytes, as: UTF8.self)) }
        return last.name
    }
}
