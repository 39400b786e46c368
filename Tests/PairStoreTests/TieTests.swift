import Digest
import QueryBank
import TestSupport
import Testing

@testable import PairStore

/// Equal priorities, which 64 bits hardly ever give: URL and text decide then, in the store as in memory.
@Suite struct TieTests {
    @Test(arguments: 0..<12) func claimsAreTheOracles(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let fixture = try StoreFixture(queries: 5, perQuery: 2 + Int(seed % 3))
        var oracle = Balance(queryCount: 5, perQuery: fixture.configuration.perQuery)
        var ledger = MemoryClaimLedger<String>()
        var core = try Self.core(fixture)
        for url in 0..<150 {
            let queries = (0..<5).filter { _ in Bool.random(using: &generator) }.map(QueryID.init)
            guard !queries.isEmpty else { continue }
            let pair = StoreFixture.pair(url: url, image: url, text: "text \(url)", queries: queries)
            let priority = Priority(
                u: UInt64.random(in: 0..<6, using: &generator) << 60, imageURL: pair.imageURL, text: pair.text
            )
            let row = PairRow(
                pair, key: pair.key, sha256: SHA256Digest(of: pair.image), u: priority.u)
            let offer = Offer(row: row, key: pair.key, content: .init(image: pair.image))
            _ = try core.commit(.init(items: [offer]))
            _ = try oracle.commit(pair: pair.key.hex, priority: priority, queries: queries, ledger: &ledger)
            if Int.random(in: 0..<10, using: &generator) == 0 {
                try core.close()
                core = try Self.core(fixture)
            }
        }
        try core.close()
        let expected = Dictionary(
            grouping: ledger.claims.flatMap { query, claims in claims.map { ($0.pair, query) } }, by: \.0
        ).mapValues { $0.map(\.1).sorted() }
        let live = try StoreReader.open(fixture.path).pairs(limit: .max)
        #expect(Dictionary(uniqueKeysWithValues: live.map { ($0.key, $0.claims) }) == expected)
    }

    private static func core(_ fixture: StoreFixture) throws -> StoreCore {
        try MatchTable.$pairsInBlock.withValue(7) {
            let session = try StoreSession(fixture.path, making: fixture.configuration, PosixFiles())
            return try StoreCore(session, QueryTexts(of: ListTexts(fixture.list)), maxShardBytes: 1 << 20)
        }
    }
}
