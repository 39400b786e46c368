import CommandKit

/// How many of a known number of pairs are done, as a line for people and as facts for programs.
struct PairProgress: Encodable {
    let pairs: Int64
    let totalPairs: Int64
    /// Bytes written meanwhile.
    let bytes: Int64

    /// `[#####·····] 1,234 of 5,678 pairs, 12.3 MB`
    var line: String {
        let bar = ProgressBar.text(done: Double(pairs), of: Double(totalPairs))
        return "\(bar) \(Format.count(pairs)) of \(Format.count(totalPairs)) pairs, \(Format.bytes(bytes))"
    }

    private enum CodingKeys: String, CodingKey {
        case pairs, bytes
        case totalPairs = "total_pairs"
    }
}
