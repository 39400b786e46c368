import CommandKit

/// How much of a known number of bytes is done, as a line for people and as facts for programs.
struct ByteProgress: Encodable {
    let bytes: Int64
    let totalBytes: Int64

    /// `[#####·····] 12.3 MB of 45.6 MB`
    var line: String {
        let bar = ProgressBar.text(done: Double(bytes), of: Double(totalBytes))
        return "\(bar) \(Format.bytes(bytes)) of \(Format.bytes(totalBytes))"
    }

    private enum CodingKeys: String, CodingKey {
        case bytes
        case totalBytes = "total_bytes"
    }
}
