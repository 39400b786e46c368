import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

/// A damaged store gives back everything that is whole, names the rest, and is clean afterwards.
@Suite struct RepairTests {
    private func filled(seed: UInt64, count: Int = 200) throws -> (StoreFixture, [NewPair]) {
        var generator = SeededGenerator(seed: seed)
        let fixture = try StoreFixture(queries: 9, perQuery: 5, maxShardBytes: 25_000)
        let pairs = StoreFixture.randomPairs(count, queries: 9, using: &generator)
        let writer = try fixture.open()
        for (index, pair) in pairs.enumerated() {
            try writer.append(pair)
            if index % 19 == 0 { try writer.commit() }
        }
        try writer.commit()
        try writer.close()
        return (fixture, pairs)
    }

    private func repair(_ fixture: StoreFixture) throws -> RepairReport {
        try StoreRepairer.repair(fixture.path, list: { fixture.list })
    }

    private func expectClean(_ fixture: StoreFixture, _ note: Comment = "") throws {
        let report = try StoreVerifier.verify(fixture.path)
        #expect(report.isClean, "\(note): \(report)")
        let reader = try StoreReader.open(fixture.path)
        #expect(try reader.info().pairs == reader.pairs(limit: .max).count, note)
    }

    private func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        body(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func aWholeStoreIsLeftAlone() throws {
        let (fixture, _) = try filled(seed: 1)
        let before = try StoreReader.open(fixture.path).pairs(limit: .max)
        #expect(try repair(fixture).isUntouched)
        #expect(try StoreReader.open(fixture.path).pairs(limit: .max) == before)
    }

    enum Loss: CaseIterable { case catalogue, cutCatalogue, manifestToo, emptyCatalogue, scrambled }

    @Test(arguments: Loss.allCases) func aLostCatalogueIsMadeAnew(loss: Loss) throws {
        let (fixture, pairs) = try filled(seed: 2)
        let victim = try #require(try StoreReader.open(fixture.path).pairs(limit: 100).last)
        try StoreMaintenance.remove(fixture.path, [Removal(.url, victim.url)])
        let expected = try Oracle(store: fixture.path)
        let extras = try extras(fixture)
        #expect(extras.values.contains { $0 != nil })
        let oldUUID = try StoreReader.open(fixture.path).uuid
        let catalogue = fixture.path + "/catalogue.sqlite"
        switch loss {
        case .catalogue: try FileManager.default.removeItem(atPath: catalogue)
        case .cutCatalogue: try change(catalogue) { $0.removeLast($0.count / 3) }
        case .emptyCatalogue: try change(catalogue) { $0 = [] }
        case .scrambled: try change(catalogue) { for place in 4096..<30_000 { $0[place] ^= 0x55 } }
        case .manifestToo:
            try FileManager.default.removeItem(atPath: catalogue)
            try FileManager.default.removeItem(atPath: fixture.path + "/store.json")
            let error = #expect(throws: StoreError.self) { try repair(fixture) }
            #expect(error?.description.contains("store.json") == true)
            return
        }
        let report = try repair(fixture)
        #expect(report.rebuilt && report.lost.isEmpty && report.unreadable.isEmpty, "\(report)")
        #expect(try Oracle(store: fixture.path) == expected)
        #expect(try StoreReader.open(fixture.path).uuid != oldUUID)
        #expect(try self.extras(fixture) == extras)
        try expectClean(fixture)
        // It goes on as if nothing had been.
        let writer = try fixture.open()
        for pair in pairs { try writer.append(pair) }
        try writer.commit()
        try writer.close()
        #expect(try Oracle(store: fixture.path) == expected)
        try expectClean(fixture)
    }

    private func extras(_ fixture: StoreFixture) throws -> [String: ExtraFields?] {
        let pairs = try StoreReader.open(fixture.path).pairs(limit: .max)
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0.key, $0.extra) })
    }

    @Test func anotherListCannotMakeItAnew() throws {
        let (fixture, _) = try filled(seed: 3, count: 20)
        try FileManager.default.removeItem(atPath: fixture.path + "/catalogue.sqlite")
        let error = #expect(throws: StoreError.self) {
            try StoreRepairer.repair(fixture.path, list: { QueryList(texts: ["another"]) })
        }
        #expect(error?.description.contains("query list") == true)
    }

    @Test(arguments: 0..<6) func damagedShardsGiveBackTheRest(seed: UInt64) throws {
        let (fixture, pairs) = try filled(seed: 10 + seed)
        var generator = SeededGenerator(seed: seed)
        let folder = fixture.path + "/shards"
        let before = try StoreReader.open(fixture.path).pairs(limit: .max)
        let oracle = try Oracle(store: fixture.path)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: try FileManager.default.removeItem(atPath: folder + "/" + name)
            case 1: try change(folder + "/" + name) { $0.removeLast($0.count / 2) }
            case 2:
                try change(folder + "/" + name) { bytes in
                    for _ in 0..<5 { bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 0x10 }
                }
            default: break
            }
        }
        let named = try StoreVerifier.verify(fixture.path)
        let report = try repair(fixture)
        let after = try StoreReader.open(fixture.path).pairs(limit: .max)
        let lost = Set(report.lost.map(\.key))
        #expect(!report.rebuilt && lost.isSubset(of: named.damaged.map(\.key)))
        #expect(Set(after.map(\.key)) == Set(before.map(\.key)).subtracting(lost))
        for pair in after {
            #expect(try StoreReader.open(fixture.path).imageBytes(of: pair).count == pair.bytes)
        }
        try expectClean(fixture, "seed \(seed)")
        #expect(try repair(fixture).isUntouched)
        // Offered again, what was lost comes back.
        try fill(fixture, pairs)
        #expect(try Oracle(store: fixture.path) == oracle)
        try expectClean(fixture, "seed \(seed), refilled")
    }

    /// The picture of a lost pair comes from another address: the pair that stands has its own sample again.
    @Test func anotherAddressBringsALostPairBack() throws {
        let fixture = try StoreFixture()
        let members = (1...2).map { StoreFixture.pair(url: $0, image: 3, text: "one text", queries: [1]) }
        try fill(fixture, members)
        let stands = try #require(try StoreReader.open(fixture.path).pairs(limit: .max).first)
        let shard = try #require(stands.shard)
        try FileManager.default.removeItem(atPath: fixture.path + "/shards/" + shard)
        #expect(try repair(fixture).lost.map(\.key) == [stands.key])
        try fill(fixture, members.filter { $0.key.hex != stands.key })
        let back = try StoreReader.open(fixture.path).pairs(limit: .max)
        #expect(back.map(\.key) == [stands.key])
        #expect(try StoreReader.open(fixture.path).imageBytes(of: back[0]) == members[0].image)
        try expectClean(fixture)
    }

    private func fill(_ fixture: StoreFixture, _ pairs: [NewPair]) throws {
        let writer = try fixture.open()
        for pair in pairs { try writer.append(pair) }
        try writer.commit()
        try writer.close()
    }

    /// Both at once: what the catalogue would have told of damaged samples is gone with it.
    @Test(arguments: 0..<4) func damageWithoutACatalogueNamesWhatItCan(seed: UInt64) throws {
        let (fixture, _) = try filled(seed: 20 + seed)
        var generator = SeededGenerator(seed: seed)
        let reader = try StoreReader.open(fixture.path)
        let dead = try reader.pairs(PairFilter(includesDead: true), limit: .max)
        let victim = try #require(dead.filter { $0.shard != nil }.randomElement(using: &generator))
        try change(fixture.path + "/shards/" + (try #require(victim.shard))) {
            $0[Int(victim.offset ?? 0) + 600] ^= 1
        }
        try FileManager.default.removeItem(atPath: fixture.path + "/catalogue.sqlite")
        let report = try repair(fixture)
        #expect(report.unreadable == [victim.key] && report.shards == 1, "\(report)")
        try expectClean(fixture)
        let kept = Set(try StoreReader.open(fixture.path).pairs(limit: .max).map(\.key))
        #expect(!kept.contains(victim.key))
        let live = Set(dead.filter { $0.status == "live" && $0.key != victim.key }.map(\.key))
        #expect(live.isSubset(of: kept))
    }
}
