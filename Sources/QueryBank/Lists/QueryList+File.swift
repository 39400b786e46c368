internal import Digest
internal import Foundation

extension QueryList {
    /// The largest list file, uncompressed: forty times the default list.
    private static let maxFileBytes = 512 << 20
    /// The most rows a list may have: thirty times the paper's list, and ids stay far from the tables' limits.
    private static let maxRows = 1 << 24

    /// Loads a list by the ending of its name, `.gz` (gzip) optional after each: `.tsv` (text, source, score; the
    /// last two may be missing), `.txt` (one text a line), `.json` (an array of strings, as MetaCLIP's
    /// `metadata.json`). A compiled bank, `.qbank`, is mapped instead and keeps the diacritics it was made with.
    ///
    /// Throws `QueryBankError` when the file cannot be read, is damaged, too large or of another kind. A row that
    /// cannot match is not an error: see `report`.
    public init(contentsOf path: String, diacritics: TextNormaliser.Diacritics = .fold) throws {
        if path.hasSuffix(".qbank") {
            self.init(try BankImage(mapping: path))
            return
        }
        let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
        guard let kind = Kind.allCases.first(where: { name.hasSuffix("." + $0.rawValue) }) else {
            throw QueryBankError(
                .badFormat, "\(path): a query list ends in .tsv, .txt, .json (and .gz) or .qbank")
        }
        let content = try GzipFile(path).readAll(limit: Self.maxFileBytes)
        var compiler = BankCompiler(diacritics: diacritics)
        switch kind {
        case .json: try Self.readJSON(content, into: &compiler, path: path)
        case .tsv, .txt: try Self.readLines(content, columns: kind == .tsv, into: &compiler, path: path)
        }
        self.init(compiler.finish(listSHA256: SHA256Digest(of: content).bytes))
    }

    private enum Kind: String, CaseIterable { case tsv, txt, json }

    private static func readLines(
        _ content: [UInt8], columns: Bool, into compiler: inout BankCompiler, path: String
    ) throws {
        var sources = SourceNames()
        var start = 0
        while start < content.count {
            try checkRoom(compiler, path: path)
            let end = content[start...].firstIndex(of: UInt8(ascii: "\n")) ?? content.count
            var line = content[start..<end]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            start = end + 1
            guard columns, let tab = line.firstIndex(of: UInt8(ascii: "\t")) else {
                compiler.append(line)
                continue
            }
            compiler.append(
                line[..<tab], source: sources.name(line[(tab + 1)...].prefix { $0 != UInt8(ascii: "\t") }))
        }
    }

    private static func readJSON(_ content: [UInt8], into compiler: inout BankCompiler, path: String) throws {
        guard let texts = try? JSONDecoder().decode([String].self, from: Data(content)) else {
            throw QueryBankError(
                .badFormat, "\(path): not a JSON array of strings; see MetaCLIP's metadata.json")
        }
        for text in texts {
            try checkRoom(compiler, path: path)
            compiler.append(text.utf8)
        }
    }

    private static func checkRoom(_ compiler: borrowing BankCompiler, path: String) throws {
        guard compiler.rows < maxRows else {
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
