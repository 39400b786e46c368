internal import CQueryBank

/// Builds a perfect hash: every key of a fixed set has a slot of its own, found with one small look-up (after CHD,
/// Belazzougui, Botelho and Dietzfelbinger 2009, with the pilots of PTHash, Pibiri and Trani 2021).
///
/// Keys fall into buckets of about five. A bucket's pilot is the first number that sends all of its keys to free
/// slots; large buckets choose first. `cquerybank_slot` is the look-up.
enum PerfectHash {
    /// Pilots and slots for a set of keys.
    struct Plan {
        var pilots: [UInt16]
        let slotCount: Int
        /// The slot of each key, in the order the keys were given.
        var slots: [UInt32]
    }

    /// Slots for each key: a few free ones make the last pilots quick to find.
    private static let slotsPerKey = 1.03
    private static let keysPerBucket = 5

    /// Finds the pilots; `nil` when two keys have equal hashes (or, with negligible chance, no pilot serves).
    static func plan(_ hashes: [UInt64]) -> Plan? {
        let slotCount = Int(Double(hashes.count) * slotsPerKey) + 1
        let bucketCount = hashes.count / keysPerBucket + 1
        let members = Groups(
            hashes.map { cquerybank_bucket($0, UInt64(bucketCount)) }, groupCount: bucketCount)
        var plan = Plan(
            pilots: [UInt16](repeating: 0, count: bucketCount), slotCount: slotCount,
            slots: [UInt32](repeating: 0, count: hashes.count))
        var taken = [Bool](repeating: false, count: slotCount)
        let sizes = Groups((0..<bucketCount).map { members.range($0).count }, groupCount: hashes.count + 1)
        for bucket in sizes.items.reversed() {
            let keys = members.items[members.range(Int(bucket))]
            guard let pilot = place(keys, hashes, &plan, &taken) else { return nil }
            plan.pilots[Int(bucket)] = pilot
        }
        return plan
    }

    private static func place(
        _ keys: ArraySlice<UInt32>, _ hashes: [UInt64], _ plan: inout Plan, _ taken: inout [Bool]
    ) -> UInt16? {
        for pilot in 0...UInt16.max {
            var placed = keys.startIndex
            while placed < keys.endIndex {
                let slot = cquerybank_slot_by(hashes[Int(keys[placed])], pilot, UInt64(plan.slotCount))
                if taken[slot] { break }
                taken[slot] = true
                plan.slots[Int(keys[placed])] = UInt32(slot)
                placed += 1
            }
            if placed == keys.endIndex { return pilot }
            for key in keys[..<placed] { taken[Int(plan.slots[Int(key)])] = false }
        }
        return nil
    }

    /// Items sorted by a small number, by counting.
    private struct Groups {
        var items: [UInt32]
        private var ends: [Int]

        init(_ groupOf: [Int], groupCount: Int) {
            var starts = [Int](repeating: 0, count: groupCount + 1)
            for group in groupOf { starts[group + 1] += 1 }
            for group in 0..<groupCount { starts[group + 1] += starts[group] }
            ends = starts
            items = [UInt32](repeating: 0, count: groupOf.count)
            for (item, group) in groupOf.enumerated() {
                items[starts[group]] = UInt32(item)
                starts[group] += 1
            }
        }

        func range(_ group: Int) -> Range<Int> { ends[group]..<ends[group + 1] }
    }
}
