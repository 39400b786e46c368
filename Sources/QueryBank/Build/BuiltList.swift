internal import CZlib
internal import Digest
internal import Foundation

/// A query list as a builder leaves it: distinct normalised texts with their provenance.
public struct BuiltList: Sendable {
    /// One row of the list.
    public struct Entry: Sendable, Equatable {
        /// The normalised text.
        public let text: String
        /// Who contributed it first.
        public let source: QuerySource
        /// What ranked it; the unit depends on the source.
        public let score: Double
    }

    /// What became of one source's candidates.
    public struct Tally: Sendable, Equatable {
        /// Candidates read, before any rule.
        public var offered = 0
        /// Candidates that became entries.
        public var kept = 0
        /// Candidates that did not, by the rule that stopped them.
        public var dropped: [String: Int] = [:]
    }

    /// The rows, in ascending order of their texts' UTF-8 bytes: a query's id is its place here.
    public let entries: [Entry]
    /// The tally of every source that was read.
    public let tallies: [QuerySource: Tally]

    /// The packages it was built from; empty for a dump.
    public internal(set) var packages: [SourcePackage] = []
    /// How much of WordNet it covers, where WordNet was among the sources.
    public internal(set) var synsets: QueryListManifest.SynsetCoverage?

    init(entries: [Entry], tallies: [QuerySource: Tally]) {
        self.entries = entries
        self.tallies = tallies
    }

    /// The list as text: one row a line, text, source and score between tabs.
    public var tsv: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * 32)
        for entry in entries {
            bytes.append(contentsOf: entry.text.utf8)
            bytes.append(UInt8(ascii: "\t"))
            bytes.append(contentsOf: entry.source.rawValue.utf8)
            bytes.append(UInt8(ascii: "\t"))
            bytes.append(contentsOf: Self.format(entry.score).utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    /// Writes the list, gzip-compressed when the path ends in `.gz`, and describes it.
    ///
    /// `command` is what the user typed, for the manifest, which is not written here. The file appears whole or not at
    /// all. Throws `QueryBankError` when the disk refuses it.
    public func write(to path: String, command: String) throws -> QueryListManifest {
        let bytes = tsv
        let partial = path + ".part"
        if path.hasSuffix(".gz") {
            try Self.compress(bytes, to: partial)
        } else {
            guard FileManager.default.createFile(atPath: partial, contents: Data(bytes)) else {
                throw QueryBankError(
                    .cannotWrite,
                    "\(partial): cannot be written (\(String(cString: strerror(errno)))); is the folder there?"
                )
            }
        }
        guard rename(partial, path) == 0 else {
            throw QueryBankError(
                .cannotWrite,
                "\(path): cannot be written (\(String(cString: strerror(errno)))); is the folder there?")
        }
        return QueryListManifest(
            of: self, file: URL(fileURLWithPath: path).lastPathComponent, sha256: SHA256Digest(of: bytes).hex,
            bytes: bytes.count, command: command)
    }

    /// Whole numbers without a point, others with two decimals.
    private static func format(_ score: Double) -> String {
        let hundredths = Int64((score * 100).rounded())
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return String(whole) }
        let digits = String(abs(rest) + 100).dropFirst()
        return (hundredths < 0 && whole == 0 ? "-" : "") + "\(whole).\(digits)"
    }

    private static func compress(_ bytes: [UInt8], to path: String) throws {
        // zlib's own header: no name and no time, so equal lists give equal files.
        guard let file = gzopen(path, "wb9") else {
            throw QueryBankError(
                .cannotWrite,
                "\(path): cannot be written (\(String(cString: strerror(errno)))); is the folder there?")
        }
        let pieceBytes = 1 << 20
        var isWritten = true
        bytes.withUnsafeBytes { buffer in
            for start in stride(from: 0, to: buffer.count, by: pieceBytes) where isWritten {
                let piece = UnsafeRawBufferPointer(
                    rebasing: buffer[start..<min(start + pieceBytes, buffer.count)])
                isWritten = Int(gzwrite(file, piece.baseAddress, UInt32(piece.count))) == piece.count
            }
        }
        guard gzclose(file) == Z_OK, isWritten else {
            throw QueryBankError(.cannotWrite, "\(path): cannot be written to its end; is the disk full?")
        }
    }
}
