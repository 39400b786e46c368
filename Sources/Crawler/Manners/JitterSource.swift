/// Seeded chance in 0..<1 (SplitMix64; Steele, Lea and Flood, 2014), so that a run can be repeated.
struct JitterSource: Sendable {
    private var state: UInt64

    init(state: UInt64) { self.state = state }

    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
}
