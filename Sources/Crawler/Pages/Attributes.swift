/// The attributes of one element, as libxml2 hands them over: valid only during its callback.
struct Attributes {
    private let pairs: UnsafePointer<UnsafePointer<CChar>?>?

    init(_ pairs: UnsafePointer<UnsafePointer<CChar>?>?) { self.pairs = pairs }

    /// Calls `body` with each name and its value; a value longer than `limit` bytes is left out.
    func forEach(limit: Int, _ body: (_ name: UnsafePointer<CChar>, _ value: UnsafePointer<CChar>) -> Void) {
        guard var next = pairs else { return }
        while let name = next[0] {
            if let value = next[1], value.isShorter(than: limit) { body(name, value) }
            next += 2
        }
    }

    /// The value of a named attribute; nil when it is missing, has no value or is longer than `limit` bytes.
    func value(_ name: StaticString, limit: Int) -> String? {
        guard var next = pairs else { return nil }
        while let found = next[0] {
            if found.equals(name) {
                guard let value = next[1], value.isShorter(than: limit) else { return nil }
                return String(cString: value)
            }
            next += 2
        }
        return nil
    }

    /// Some attribute of that name is there, with or without a value.
    func has(_ name: StaticString) -> Bool {
        guard var next = pairs else { return false }
        while let found = next[0] {
            if found.equals(name) { return true }
            next += 2
        }
        return false
    }
}

extension UnsafePointer<CChar> {
    /// The C string is this one, byte for byte.
    func equals(_ name: StaticString) -> Bool {
        name.withUTF8Buffer { expected in
            for (offset, byte) in expected.enumerated() where UInt8(bitPattern: self[offset]) != byte {
                return false
            }
            return self[expected.count] == 0
        }
    }

    /// The C string ends within `limit` bytes.
    func isShorter(than limit: Int) -> Bool {
        for offset in 0..<limit where self[offset] == 0 { return true }
        return false
    }
}
