import Foundation

/// How far two series of bytes lie apart, in levels of 255.
struct Differences: CustomStringConvertible {
    private var counts = [Int](repeating: 0, count: 256)
    private var total = 0

    /// The largest difference.
    var maximum: Int { counts.lastIndex { $0 > 0 } ?? 0 }

    /// The mean of all differences.
    var mean: Double {
        let sum = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
        return total == 0 ? 0 : Double(sum) / Double(total)
    }

    /// The smallest difference that at least this share of all values stays within.
    func quantile(_ share: Double) -> Int {
        var seen = 0
        for (level, count) in counts.enumerated() {
            seen += count
            if Double(seen) >= share * Double(total) { return level }
        }
        return 255
    }

    /// Adds two series of equal length.
    mutating func add(_ ours: some Collection<UInt8>, _ theirs: some Collection<UInt8>) {
        precondition(ours.count == theirs.count, "only series of equal length can be compared")
        total += ours.count
        if sameBytes(ours, theirs) {
            counts[0] += ours.count
            return
        }
        for (a, b) in zip(ours, theirs) { counts[abs(Int(a) - Int(b))] += 1 }
    }

    /// Adds all of another series' differences.
    mutating func add(_ other: Differences) {
        for level in 0..<256 { counts[level] += other.counts[level] }
        total += other.total
    }

    var description: String {
        let rounded = (mean * 100_000).rounded() / 100_000
        return "mean \(rounded), 99.9% within \(quantile(0.999)), maximum \(maximum) of 255"
    }
}

/// Whether two contiguous series are equal, fast in a debug build too.
func sameBytes<Element>(_ ours: some Collection<Element>, _ theirs: some Collection<Element>) -> Bool {
    let equal = ours.withContiguousStorageIfAvailable { first in
        theirs.withContiguousStorageIfAvailable { second in
            guard first.count == second.count, let a = first.baseAddress, let b = second.baseAddress else {
                return first.isEmpty && second.isEmpty
            }
            return memcmp(a, b, first.count * MemoryLayout<Element>.stride) == 0
        }
    }
    return equal == true
}
