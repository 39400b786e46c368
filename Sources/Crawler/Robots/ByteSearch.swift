/// Substring search in linear time (Knuth, Morris and Pratt, 1977), so that a hostile pattern costs no more than
/// a long one.
enum ByteSearch {
    /// Where the leftmost occurrence of the needle at or after `start` ends; the needle is not empty.
    static func firstEnd(of needle: ArraySlice<UInt8>, in hay: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first else { return start }
        // Nearly all needles do not occur, and most of those not even with their first byte.
        guard var index = hay[start...].firstIndex(of: first) else { return nil }
        let borders = borders(of: needle)
        var matched = 0
        while index < hay.count {
            while matched > 0, hay[index] != needle[needle.startIndex + matched] {
                matched = borders[matched - 1]
            }
            if hay[index] == needle[needle.startIndex + matched] { matched += 1 }
            index += 1
            if matched == needle.count { return index }
        }
        return nil
    }

    /// For each prefix, the length of its longest proper prefix that is its suffix too.
    private static func borders(of needle: ArraySlice<UInt8>) -> [Int] {
        var borders = [Int](repeating: 0, count: needle.count)
        var length = 0
        for index in 1..<max(needle.count, 1) {
            let byte = needle[needle.startIndex + index]
            while length > 0, byte != needle[needle.startIndex + length] { length = borders[length - 1] }
            if byte == needle[needle.startIndex + length] { length += 1 }
            borders[index] = length
        }
        return borders
    }
}
