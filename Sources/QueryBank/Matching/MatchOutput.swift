/// What a run over a stream of texts came to: what `wit queries match --count` prints.
public struct MatchSummary: Encodable, Sendable, Equatable {
    /// Lines that were matched.
    public var texts = 0
    /// Bytes that were read.
    public var bytes = 0
    /// Matches, each query once a line.
    public var matches = 0
    /// Lines longer than `LineMatcher.maxLineBytes`, which were skipped.
    public var skippedTexts = 0
    /// Wall-clock time, reading included.
    public var seconds = 0.0

    /// Millions of bytes a second.
    public var megabytesPerSecond: Double { seconds > 0 ? Double(bytes) / 1e6 / seconds : 0 }

    /// An empty summary.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case texts, bytes, matches, seconds
        case skippedTexts = "skipped_texts"
        case megabytesPerSecond = "megabytes_per_second"
    }

    /// Writes the names of the design's command line.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(texts, forKey: .texts)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(matches, forKey: .matches)
        try container.encode(skippedTexts, forKey: .skippedTexts)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(megabytesPerSecond, forKey: .megabytesPerSecond)
    }
}

/// Writes matches as JSON lines, `{"text":…,"queries":[{"id":…,"query":…}]}` (RFC 8259): what `wit queries match`
/// prints, without an encoder's cost for each line.
public struct MatchLineEncoder: Sendable {
    private let list: QueryList

    /// An encoder of ids of this list.
    public init(_ list: QueryList) { self.list = list }

    /// Appends a line and its newline to `output`. Ill-formed UTF-8 becomes U+FFFD.
    public func append(_ line: UnsafeRawBufferPointer, ids: some Sequence<QueryID>, to output: inout [UInt8])
    {
        output.append(contentsOf: #"{"text":"#.utf8)
        append(String(decoding: line, as: UTF8.self), to: &output)
        output.append(contentsOf: #","queries":["#.utf8)
        var isFirst = true
        for id in ids {
            output.append(contentsOf: (isFirst ? #"{"id":"# : #",{"id":"#).utf8)
            output.append(contentsOf: String(id).utf8)
            output.append(contentsOf: #","query":"#.utf8)
            append(list.text(of: id) ?? "", to: &output)
            output.append(UInt8(ascii: "}"))
            isFirst = false
        }
        output.append(contentsOf: "]}\n".utf8)
    }

    private func append(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0..<0x20:
                output.append(
                    contentsOf: ((byte < 0x10 ? #"\u000"# : #"\u001"#) + String(byte & 15, radix: 16)).utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

}
