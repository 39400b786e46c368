internal import Digest

/// Random numbers for orders that must never change: SplitMix64 (Steele, Lea and Flood, 2014) seeded by SHA-256, and
/// a shuffle of our own, since the standard library's may change between releases.
struct OrderGenerator {
    private var state: UInt64

    /// A generator for one purpose, named by words.
    init(_ words: UInt64...) {
        state =
            SHA256Digest(
                of: words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
            )
            .firstWord
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0..<bound without bias (Lemire, 2019).
    mutating func next(below bound: UInt64) -> UInt64 {
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return product.high
    }

    /// 0..<count in random order (Fisher and Yates).
    mutating func permutation(_ count: Int) -> [UInt32] {
        var order = (0..<UInt32(count)).map { $0 }
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(next(below: UInt64(last + 1))))
        }
        return order
    }
}
