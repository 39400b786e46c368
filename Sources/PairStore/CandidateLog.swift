internal import Foundation

/// Reads a store's candidate log: every matched candidate that was offered, in the order of offering.
///
/// A candidate may stand there more than once; after a crash the page that offered it is read again.
public struct CandidateLog: Sendable {
    private let paths: StorePaths

    /// The log of a store's folder; one without candidates is empty.
    public init(store path: String) { paths = StorePaths(path) }

    /// Calls `body` with each candidate.
    ///
    /// A member torn by a crash ends its file quietly, for nobody relied on it; a line that is no candidate throws.
    public func forEach(_ body: (Candidate) throws -> Void) throws {
        for name in try Self.fileNames(in: paths, PosixFiles()) {
            try Self.read(paths.candidates + "/" + name, body)
        }
    }

    static func fileNames(in paths: StorePaths, _ files: any FileLayer) throws -> [String] {
        guard FileManager.default.fileExists(atPath: paths.candidates) else { return [] }
        return try files.list(paths.candidates).filter { $0.hasSuffix(".jsonl.gz") }
    }

    static func read(_ path: String, _ body: (Candidate) throws -> Void) throws {
        let decoder = JSONDecoder()
        _ = try Gzip.readLines(path) { line in
            do {
                try body(try decoder.decode(Candidate.self, from: Data(line)))
            } catch let error as DecodingError {
                throw StoreError(.damaged, path, "holds a line that is no candidate: \(error)".oneLine)
            }
        }
    }
}

extension StorePaths {
    func candidateFile(_ number: Int64) -> String {
        candidates + "/" + Self.padded(number) + ".jsonl.gz"
    }
}
