internal import Foundation

/// What else a list said of a pair: names and values, as one JSON object in a canonical form.
public struct ExtraFields: Sendable, Hashable {
    /// The object (RFC 8259): names in the order of their UTF-8, values as texts, no white space.
    public let json: String

    /// The most bytes that the object may have: 16 KiB.
    public static let maxBytes = 16 << 10

    /// `nil` where there are no values, or more than `maxBytes` of them.
    public init?(_ values: [String: String]) {
        guard !values.isEmpty, let json = Self.encode(values), json.utf8.count <= Self.maxBytes else {
            return nil
        }
        self.json = json
    }

    /// Takes an object over that this type made.
    package init?(json: String?) {
        guard let json, !json.isEmpty else { return nil }
        self.json = json
    }

    /// The values by name. Throws `damaged` for what a damaged catalogue has in their place.
    public var values: [String: String] {
        get throws {
            do {
                return try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
            } catch {
                throw StoreError(
                    .damaged, "catalogue", "holds extra fields in no form that wit writes; run wit verify")
            }
        }
    }

    private static func encode(_ values: [String: String]) -> String? {
        var object = JSONText()
        for (name, value) in values.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            object.add(name, value)
        }
        return String(validating: object.finish(), as: UTF8.self)
    }
}

extension ExtraFields: Codable {
    /// Reads an object whose values are texts.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.singleValueContainer().decode([String: String].self)
        guard let fields = Self(values) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "no values, or more than \(Self.maxBytes) bytes"))
        }
        self = fields
    }

    /// Writes the object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}
