internal import Digest
public import QueryBank

/// A matched candidate as the candidate log keeps it: what was offered, whether or not it was kept.
public struct Candidate: Sendable, Hashable {
    /// The canonical image URL, before redirects.
    public var imageURL: String
    /// The text that matched.
    public var text: String
    /// Where the text stood on its page.
    public var textSource: String
    /// The page that offered it.
    public var pageURL: String
    /// The priority's number.
    public var u: UInt64
    /// The queries that the text matches, ascending.
    public var queries: [QueryID]
    /// What else a list said of it.
    public var extra: ExtraFields?

    /// Notes a candidate; see the properties.
    public init(
        imageURL: String, text: String, textSource: String, pageURL: String, u: UInt64, queries: [QueryID],
        extra: ExtraFields? = nil
    ) {
        self.imageURL = imageURL
        self.text = text
        self.textSource = textSource
        self.pageURL = pageURL
        self.u = u
        self.queries = queries
        self.extra = extra
    }

    /// One JSON object without a line break.
    func line() -> [UInt8] {
        var object = JSONText()
        if let extra { object.add("extra", raw: extra.json) }
        object.add("page_url", pageURL)
        object.add("priority", Hex.word(u))
        object.add("queries", queries)
        object.add("text", text)
        object.add("text_source", textSource)
        object.add("url", imageURL)
        return object.finish()
    }
}

extension Candidate: Decodable {
    private enum CodingKeys: String, CodingKey {
        case extra, queries, text, url, priority
        case page = "page_url"
        case source = "text_source"
    }

    /// Reads the object that the log holds.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let priority = try values.decode(String.self, forKey: .priority)
        guard let u = Hex.word(of: priority) else {
            throw DecodingError.dataCorruptedError(
                forKey: .priority, in: values, debugDescription: "16 hexadecimal digits expected")
        }
        self.init(
            imageURL: try values.decode(String.self, forKey: .url),
            text: try values.decode(String.self, forKey: .text),
            textSource: try values.decode(String.self, forKey: .source),
            pageURL: try values.decode(String.self, forKey: .page), u: u,
            queries: try values.decode([QueryID].self, forKey: .queries),
            extra: try values.decodeIfPresent(ExtraFields.self, forKey: .extra))
    }
}
