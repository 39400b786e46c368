/// A wish of the people behind a page or a picture that it be left out, by the name under which it is counted.
public enum OptOut: String, Sendable, CaseIterable, Codable {
    /// `noindex` or `none`: not to be kept.
    case noindex
    /// `noai`: not to be used for artificial intelligence.
    case noai
    /// `noimageai`: the same for the pictures of a page.
    case noimageai
    /// `noimageindex`: pictures of the page are not to be kept.
    case noimageindex
    /// `nofollow` or `none`: links of the page are not to be followed.
    case nofollow
    /// `tdm-reservation: 1`: text and data mining is reserved (TDMRep).
    case tdmReservation = "tdm_reservation"
    /// `Content-Signal: ai-train=no`.
    case contentSignal = "content_signal"
    /// `Content-Usage: train-ai=n` (IETF aipref).
    case contentUsage = "content_usage"
    /// The robots.txt names a crawler for data sets, such as `CCBot`, and forbids it the path.
    case robotsNamedAgent = "robots_named_agent"
}

/// All opt-outs that an answer or a page states, and what they mean for it.
public struct OptOuts: Sendable, Equatable {
    /// What was stated.
    public private(set) var reasons: Set<OptOut> = []

    /// None.
    public init() {}

    /// Reads the header fields of an answer, for an agent's product token.
    ///
    /// - Parameter headers: names (in any case) with values, repeated as often as received.
    public init(headers: some Sequence<(name: String, value: String)>, agent: String) {
        for (name, value) in headers { add(headerName: name, value: value, agent: agent) }
    }

    /// Adds one header field: `X-Robots-Tag`, `tdm-reservation`, `Content-Usage`, `Content-Signal`; others mean
    /// nothing.
    public mutating func add(headerName: String, value: String, agent: String) {
        // The shortest and the longest of these names: most fields need no look at their letters.
        guard (12...15).contains(headerName.utf8.count), value.utf8.count <= OptOuts.maxBytes else { return }
        switch headerName.lowercased() {
        case "x-robots-tag": addTag(value, agent: agent)
        case "tdm-reservation": addReservation(value)
        case "content-usage": addUsage(value, .contentUsage)
        case "content-signal": addUsage(value, .contentSignal)
        default: break
        }
    }

    /// Adds one `<meta name=… content=…>`: `robots`, our own product token, or `tdm-reservation`.
    public mutating func add(metaName: String, content: String, agent: String) {
        guard content.utf8.count <= OptOuts.maxBytes else { return }
        let name = metaName.lowercased()
        if name == "robots" || name == RobotsRules.productToken(of: agent) {
            addDirectives(content)
        } else if name == "tdm-reservation" {
            addReservation(content)
        }
    }

    /// Adds a reason that was found elsewhere, as in robots.txt.
    public mutating func insert(_ reason: OptOut) { reasons.insert(reason) }

    /// Why the pictures of this page, with their texts, must not be kept; the first by a fixed order.
    public var againstPicturesOfPage: OptOut? {
        first(
            .noai, .noimageai, .noindex, .noimageindex, .tdmReservation, .contentSignal, .contentUsage,
            .robotsNamedAgent)
    }

    /// Why this picture, whose own answer states the reasons, must not be kept; the first by a fixed order.
    public var againstPicture: OptOut? { againstPicturesOfPage }

    /// Why links of this page must not be followed.
    public var againstLinks: OptOut? { first(.nofollow) }

    /// More of one value than this is not read.
    static let maxBytes = 8 << 10

    private func first(_ order: OptOut...) -> OptOut? { order.first(where: reasons.contains) }

    /// `X-Robots-Tag: noindex, noai` or, for one agent alone, `X-Robots-Tag: otherbot: noindex`. A list may name
    /// several agents in turn: each name holds until the next.
    private mutating func addTag(_ value: String, agent: String) {
        let token = RobotsRules.productToken(of: agent)
        var isForUs = true
        for item in value.split(separator: ",") {
            var directive = item
            // `unavailable_after: date` has a colon too, but names no agent.
            if let colon = item.firstIndex(of: ":") {
                let name = trimmed(item[..<colon]).lowercased()
                if OptOuts.directivesWithValue.contains(name) { continue }
                isForUs = name == "*" || name == "robots" || name == token
                directive = item[item.index(after: colon)...]
            }
            if isForUs { addDirectives(String(directive)) }
        }
    }

    private mutating func addDirectives(_ text: String) {
        for word in text.lowercased().split(whereSeparator: { $0 == "," || $0 == ";" || $0.isWhitespace }) {
            switch word {
            case "noindex": insert(.noindex)
            case "nofollow": insert(.nofollow)
            case "none":
                insert(.noindex)
                insert(.nofollow)
            case "noai": insert(.noai)
            case "noimageai": insert(.noimageai)
            case "noimageindex": insert(.noimageindex)
            default: break
            }
        }
    }

    private mutating func addReservation(_ value: String) {
        if trimmed(value[...]) == "1" { insert(.tdmReservation) }
    }

    private mutating func addUsage(_ value: String, _ reason: OptOut) {
        if UsagePreference.allowsTraining(value) == false { insert(reason) }
    }

    private func trimmed(_ text: Substring) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static let directivesWithValue: Set<String> = [
        "unavailable_after", "max-snippet", "max-image-preview", "max-video-preview",
    ]
}
