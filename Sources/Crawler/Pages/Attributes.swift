import CHTML

/// The attributes of one element, as the reader hands them over: valid only until it is asked for more.
struct Attributes {
    private let all: UnsafeBufferPointer<chtml_attribute>

    init(_ event: chtml_event) {
        all = UnsafeBufferPointer(start: event.attributes, count: event.attribute_count)
    }

    /// Calls `body` with each attribute whose value is at most `limit` bytes long.
    func forEach(limit: Int, _ body: (chtml_attribute) -> Void) {
        for attribute in all where attribute.value_length <= limit { body(attribute) }
    }

    /// The value of a named attribute; nil when it is missing or longer than `limit` bytes.
    func value(_ name: StaticString, limit: Int) -> String? {
        guard let found = all.first(where: { $0.isNamed(name) }), found.value_length <= limit else {
            return nil
        }
        return found.text
    }
}

extension chtml_attribute {
    /// The name is this one, in any case.
    func isNamed(_ wanted: StaticString) -> Bool {
        guard name_length == wanted.utf8CodeUnitCount else { return false }
        for offset in 0..<name_length {
            let byte = UInt8(bitPattern: name[offset])
            let lower = (65...90).contains(byte) ? byte | 32 : byte
            guard lower == wanted.utf8Start[offset] else { return false }
        }
        return true
    }

    /// The value with its character references resolved.
    var text: String {
        MarkupText.string(
            UnsafeBufferPointer(start: value, count: value_length), resolving: true, inAttribute: true)
    }
}
