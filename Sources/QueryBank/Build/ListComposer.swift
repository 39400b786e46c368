/// A candidate for the list as its source spells it.
struct Candidate {
    let text: String
    let score: Double

    /// What speaks against a title with a bracket, as "Mercury (planet)": no text repeats it.
    var disambiguation: ExclusionReason? { text.utf8.contains(UInt8(ascii: "(")) ? .disambiguation : nil }
}

/// Puts sources together in order: a text belongs to the first source that offers it and passes the rules.
struct ListComposer {
    private let normaliser = TextNormaliser()
    private var entries: [String: (source: QuerySource, score: Double)] = [:]
    private var tallies: [QuerySource: BuiltList.Tally] = [:]
    /// The whole list may not grow past this.
    let target: Int

    init(target: Int) {
        self.target = target
        entries.reserveCapacity(min(target, 1 << 20))
    }

    var count: Int { entries.count }

    /// Offers a source's candidates, best first, until `limit` of them or the whole target is reached.
    ///
    /// `rule` looks at a candidate and its normalised text, and names what speaks against it.
    mutating func add(
        _ candidates: [Candidate], from source: QuerySource, limit: Int = .max,
        rule: (Candidate, String) -> ExclusionReason?
    ) {
        var tally = tallies[source] ?? BuiltList.Tally()
        tally.offered += candidates.count
        for candidate in candidates {
            let reason =
                tally.kept >= limit || entries.count >= target ? .limit : offer(candidate, source, rule)
            if let reason {
                tally.dropped[reason.rawValue, default: 0] += 1
            } else {
                tally.kept += 1
            }
        }
        tallies[source] = tally
    }

    private mutating func offer(
        _ candidate: Candidate, _ source: QuerySource, _ rule: (Candidate, String) -> ExclusionReason?
    ) -> ExclusionReason? {
        let text = normaliser.normalise(candidate.text)
        if let reason = rule(candidate, text) { return reason }
        guard entries[text] == nil else { return .duplicate }
        entries[text] = (source, candidate.score)
        return nil
    }

    /// Whether an entry has a text once it is normalised.
    func contains(_ text: String) -> Bool { entries[normaliser.normalise(text)] != nil }

    /// The list in its final order.
    func finish() -> BuiltList {
        let rows = entries.map {
            BuiltList.Entry(text: $0.key, source: $0.value.source, score: $0.value.score)
        }
        return BuiltList(
            entries: rows.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }, tallies: tallies)
    }
}
