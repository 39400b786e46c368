/// How many claims each pair holds, as far as this session knows: a byte a pair.
///
/// A pair leaves the set with its last claim, and only one that is in the set can hold a query's largest claim. With these
/// counts neither question reads the pair's row.
struct ClaimCounts {
    /// By the pair's number: `unknown`, `gone`, `standing` with some claims, or `empty` and one more for each claim.
    private var states: [UInt8] = []

    private static let (unknown, gone, standing, empty): (UInt8, UInt8, UInt8, UInt8) = (0, 1, 2, 3)

    // MARK: Asking

    /// Whether a pair holds places, in the set or as a ghost; `nil` if that is not known.
    func stands(_ pair: Int64) -> Bool? {
        let state = state(pair)
        return state == Self.unknown ? nil : state != Self.gone
    }

    /// Whether a pair is known to hold a claim.
    func holdsSome(_ pair: Int64) -> Bool { state(pair) > Self.empty }

    private func state(_ pair: Int64) -> UInt8 { pair < states.count ? states[Int(pair)] : Self.unknown }

    // MARK: Noting

    mutating func note(_ pair: Int64, stands: Bool) { set(pair, stands ? Self.standing : Self.gone) }

    mutating func note(_ pair: Int64, claims: Int) {
        set(pair, UInt8(exactly: claims + Int(Self.empty)) ?? Self.standing)
    }

    mutating func add(_ pair: Int64) {
        let state = state(pair)
        if state >= Self.empty { set(pair, state == .max ? Self.standing : state + 1) }
    }

    mutating func lose(_ pair: Int64) {
        let state = state(pair)
        if state >= Self.empty { set(pair, state == Self.empty ? Self.standing : state - 1) }
    }

    private mutating func set(_ pair: Int64, _ state: UInt8) {
        if pair >= states.count {
            let missing = Int(pair) + 1 - states.count
            states += repeatElement(Self.unknown, count: max(missing, states.count / 8, 1 << 16))
        }
        states[Int(pair)] = state
    }
}
