import QueryBank
import TestSupport
import Testing

@testable import PairStore

/// What a session remembers beside its catalogue, against plain dictionaries.
@Suite struct MemoryTests {
    /// A hash whose beginning is a small number, so that many are equal and many more share a chain.
    private static func hash(_ number: Int64) -> [UInt8] {
        (0..<16).map { $0 < 6 ? UInt8(truncatingIfNeeded: number >> (8 * (5 - $0))) : 0 }
    }

    @Test func recentPairsAreFoundByEveryHash() {
        var generator = SeededGenerator(seed: 3)
        var recent = RecentPairs()
        var known: [(pair: Int64, key: Int64, image: Int64, group: Int64, origin: Int64)] = []
        for pair in 1...Int64(5000) {
            let numbers = (0..<3).map { _ in Int64.random(in: 0..<700, using: &generator) << 8 }
            recent.add(
                .init(
                    pair, key: Self.hash(numbers[0]), image: Self.hash(numbers[1]),
                    group: Self.hash(numbers[2]),
                    origin: pair % 5))
            known.append((pair, numbers[0], numbers[1], numbers[2], pair % 5))
            if pair % 7 == 0 {
                let gone = known.remove(at: Int.random(in: known.indices, using: &generator))
                recent.remove(gone.pair)
            }
            if pair % 11 == 0 {
                let place = Int.random(in: known.indices, using: &generator)
                known[place].origin = 0
                recent.forgetOrigin(of: known[place].pair)
            }
        }
        for number in (0..<Int64(700)).map({ $0 << 8 }) {
            #expect(recent.pairs(withKey: number) == known.filter { $0.key == number }.map(\.pair))
            #expect(recent.pairs(ofImage: number) == known.filter { $0.image == number }.map(\.pair))
        }
        for pair in known {
            #expect(
                recent.pairs(ofImage: pair.image, group: pair.group)
                    == known.filter { $0.image == pair.image && $0.group == pair.group }.map(\.pair))
        }
        let entries = recent.entries.map { ($0.pair, $0.key, $0.image, $0.group, $0.origin) }
        #expect(entries.elementsEqual(known.map { ($0.pair, $0.key, $0.image, $0.group, $0.origin) }, by: ==))
    }

    @Test func textsThatAreAskedForStay() {
        var texts = RecentTexts(maxEntries: 100)
        texts.remember("asked", 7)
        for number in 0..<Int64(1000) {
            texts.remember("text \(number)", number)
            #expect(texts.id(of: "text \(number)") == number)
            if number % 50 == 0 { #expect(texts.id(of: "asked") == 7) }
        }
        let remembered = (0..<Int64(1000)).filter { texts.id(of: "text \($0)") != nil }
        #expect(remembered.count >= 99 && remembered.count <= 200)
        #expect(remembered.last == 999)
        // The same letters in other bytes are another text.
        texts.remember("caf\u{E9}", 1)
        #expect(texts.id(of: "cafe\u{301}") == nil)
        texts.forget()
        #expect(texts.id(of: "asked") == nil)
    }

    @Test func claimsAreCountedAsFarAsTheyAreKnown() {
        var generator = SeededGenerator(seed: 5)
        var counts = ClaimCounts()
        /// `nil` once it is known only that the pair stands: a byte holds 252 claims.
        var claims: [Int64: Int?] = [:]
        #expect(counts.stands(5) == nil && !counts.holdsSome(5))
        for _ in 0..<75_000 {
            let pair = Int64.random(in: 0..<150, using: &generator) * 2000
            guard let known = claims[pair] else {
                counts.note(pair, claims: 0)
                claims[pair] = .some(0)
                continue
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                counts.lose(pair)
                claims[pair] = .some(known.flatMap { $0 == 0 ? nil : $0 - 1 })
            } else {
                counts.add(pair)
                claims[pair] = .some(known.flatMap { $0 == 252 ? nil : $0 + 1 })
            }
            #expect(counts.stands(pair) == true)
            #expect(counts.holdsSome(pair) == (claims[pair]!.map { $0 > 0 } ?? false))
        }
        #expect(Set(claims.values.map { $0 == nil }).count == 2)
        counts.note(1, stands: true)
        counts.add(1)
        #expect(counts.stands(1) == true && !counts.holdsSome(1))
        counts.note(1, stands: false)
        #expect(counts.stands(1) == false && !counts.holdsSome(1))
        counts.note(2, claims: 1000)
        #expect(counts.stands(2) == true && !counts.holdsSome(2))
        counts.note(3, claims: 2)
        counts.lose(3)
        #expect(counts.holdsSome(3))
        counts.lose(3)
        #expect(!counts.holdsSome(3) && counts.stands(3) == true)
    }
}
