/// How many samples of each stretch an epoch takes, and which: all of them where no weights are given.
struct SampleShares: Sendable {
    /// A sample, and how many times it has come before in the whole run: with weights, not always the epoch's number.
    struct Pick: Equatable {
        var sample: Int
        var pass: Int
    }

    private struct Share {
        let stretch: SampleIndex.Stretch
        /// Entries of an epoch, and where they start.
        let taken: Int
        let start: Int
        /// Walks through the stretch; 1 where each epoch takes whole passes.
        let stride: Int
    }

    private var shares: [Share] = []

    /// Entries of each stretch in an epoch.
    var counts: [Int] { shares.map(\.taken) }

    init(_ stretches: [SampleIndex.Stretch]) {
        var start = 0
        // Rounded over a source's stretches together, so that many small ones do not add up their errors.
        var (source, seen, given) = (-1, 0, 0)
        for stretch in stretches {
            if stretch.source != source { (source, seen, given) = (stretch.source, 0, 0) }
            seen += stretch.count
            let taken = Int((Double(seen) * stretch.weight).rounded()) - given
            given += taken
            let stride = taken.isMultiple(of: stretch.count) ? 1 : Self.stride(stretch.count)
            shares.append(Share(stretch: stretch, taken: taken, start: start, stride: stride))
            start += taken
        }
    }

    /// What an entry of an epoch stands for. The entries of all epochs together run through each stretch again and again.
    func pick(_ entry: Int, epoch: Int) -> Pick {
        var (low, high) = (0, shares.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if shares[middle].start <= entry { low = middle } else { high = middle }
        }
        // Of several that start there, all but the last are empty.
        let share = shares[low]
        let (pass, place) = (epoch * share.taken + entry - share.start)
            .quotientAndRemainder(dividingBy: share.stretch.count)
        return Pick(sample: share.stretch.first + place * share.stride % share.stretch.count, pass: pass)
    }

    /// A step that reaches every place and spreads any few of them over the whole: near the golden section.
    private static func stride(_ count: Int) -> Int {
        var step = max(1, Int(Double(count) * 0.618_034))
        while gcd(step, count) != 1 { step += 1 }
        return step
    }

    private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
}
