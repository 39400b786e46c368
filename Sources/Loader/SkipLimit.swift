/// Tells a few bad samples from a broken set.
struct SkipLimit {
    /// Skips that are always allowed, so that one bad sample at the start stops nothing.
    static let allowance = 16.0

    private let share: Double
    private var taken = 0
    private var skipped: [String: Int] = [:]

    init(share: Double) { self.share = share }

    /// Counts a sample; the error if it is one bad sample too many.
    mutating func count(_ reason: SkipReason?) -> LoaderError? {
        taken += 1
        guard let reason else { return nil }
        skipped[reason.name, default: 0] += 1
        let total = skipped.values.reduce(0, +)
        guard Double(total) > Self.allowance + share * Double(taken) else { return nil }
        let reasons = skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\($0.key): \($0.value)"
        }
        return LoaderError(
            .tooManySkipped,
            "\(total) of \(taken) samples cannot be used (\(reasons.joined(separator: ", "))): "
                + "check the shards, or allow a larger share to be skipped")
    }
}
