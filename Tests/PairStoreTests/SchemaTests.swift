import Foundation
import GRDB
import PairStore
import QueryBank
import TestSupport
import Testing

/// What SCHEMA.md says holds: its queries run, its columns are the file's; old stores come along, newer ones say so.
@Suite struct SchemaTests {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
            "Sources/PairStore/SCHEMA.md")

    /// - Parameter hasExtra: whether lists said more of some pairs, which earlier versions did not keep.
    private func filled(hasExtra: Bool = true) throws -> StoreFixture {
        var generator = SeededGenerator(seed: 41)
        let fixture = try StoreFixture(queries: 9, perQuery: 90)
        let writer = try fixture.open()
        for (index, pair) in StoreFixture.randomPairs(150, queries: 9, using: &generator).enumerated() {
            var pair = pair
            if !hasExtra { pair.extra = nil }
            try writer.append(pair)
            if index % 20 == 0 { try writer.commit(counters: ["crawl": ["drop.too_small": Int64(index)]]) }
        }
        for (url, text) in [(9001, "one text"), (9002, "another text")] {
            try writer.append(StoreFixture.pair(url: url, image: 5001, text: text, queries: [8]))
        }
        try writer.commit()
        try writer.close()
        return fixture
    }

    private func database(_ fixture: StoreFixture, readonly: Bool = true) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = readonly
        return try DatabaseQueue(path: fixture.path + "/catalogue.sqlite", configuration: configuration)
    }

    @Test func theTenQueriesAnswer() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let queries = text.components(separatedBy: "```sql\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(queries.count == 10)
        let fixture = try filled()
        let reader = try StoreReader.open(fixture.path)
        let live = try reader.pairs(limit: .max)
        // The one with the most places shows whether the query about places finds them.
        let seen = try #require(
            try live.max {
                try (reader.pair(id: $0.id)?.alsoSeen ?? []).count
                    < (reader.pair(id: $1.id)?.alsoSeen ?? []).count
            })
        let answers = try database(fixture).read { database in
            try queries.map { sql in
                try Row.fetchAll(
                    database,
                    sql: sql.replacingOccurrences(of: "m.pair = 1", with: "m.pair = \(live[0].id)")
                        .replacingOccurrences(of: "1 / 32768", with: "\(live[0].id) / 7")
                        .replacingOccurrences(of: "p.id = 1", with: "p.id = \(seen.id)"))
            }
        }
        for (sql, rows) in zip(queries, answers) { #expect(!rows.isEmpty, "\(sql)") }
        let counts = Dictionary(uniqueKeysWithValues: answers[0].map { ($0[0] as String, $0[1] as Int) })
        #expect(counts["live"] == live.count)
        #expect(
            answers[1].map { $0["id"] as Int64 }
                == live.filter { $0.queries.contains(3) }.map(\.id).prefix(20).map(\.self))
        #expect(answers[2].count == live[0].queries.count)
        #expect(answers[2].count { $0[1] == 1 } == live[0].claims.count)
        #expect(answers[7].reduce(0) { $0 + ($1["pairs"] as Int) } == live.count)
        #expect(answers[9].map { $0[0] as String } == ["too_small"])
    }

    @Test func everyTableAndColumnIsNamed() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let columns = try database(try filled()).read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c
                    WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%'
                    """
            ).map { ($0[0] as String, $0[1] as String) }
        }
        #expect(columns.count > 50)
        for (table, column) in columns {
            #expect(text.contains("**\(table)**"), "table \(table)")
            #expect(text.contains("`\(column)`"), "\(table).\(column)")
        }
    }

    @Test func anOlderStoreComesAlong() throws {
        let fixture = try filled(hasExtra: false)
        let expected = try Oracle(store: fixture.path)
        try database(fixture, readonly: false).writeWithoutTransaction {
            try $0.execute(sql: Self.firstVersion)
        }
        // Readers cannot bring it up to date, and say who can.
        let error = #expect(throws: StoreError.self) { try StoreReader.open(fixture.path) }
        #expect(error?.description.contains("wit compact") == true)
        try fixture.open().close()
        let version = try database(fixture).read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(version == 5)
        #expect(try Oracle(store: fixture.path) == expected)
        #expect(try StoreVerifier.verify(fixture.path).isClean)
    }

    /// Makes a catalogue what version 1 had.
    private static let firstVersion = """
        ALTER TABLE pages ADD COLUMN hash INTEGER NOT NULL DEFAULT 0; CREATE INDEX pages_hash ON pages(hash);
        DROP TABLE keys; DROP TABLE images; DROP TABLE hosted; CREATE INDEX pairs_origin ON pairs(origin) WHERE status = 0; ALTER TABLE pairs DROP COLUMN extra; DROP VIEW matches; DROP TABLE matched; DROP TABLE blocks;
        CREATE UNIQUE INDEX pairs_key ON pairs(key);
        CREATE UNIQUE INDEX pairs_group ON pairs(grp) WHERE status = 0;
        CREATE INDEX pairs_removed ON pairs(grp) WHERE status = 3;
        CREATE INDEX pairs_image ON pairs(substr(sha256, 1, 8));
        CREATE TABLE claims (
          query INTEGER NOT NULL, u INTEGER NOT NULL, pair INTEGER NOT NULL,
          PRIMARY KEY (query, u, pair)) WITHOUT ROWID;
        CREATE TABLE unclaimed (
          query INTEGER NOT NULL, pair INTEGER NOT NULL, PRIMARY KEY (query, pair)) WITHOUT ROWID;
        CREATE VIEW matches AS
          SELECT query, pair, 1 AS claims FROM claims UNION ALL SELECT query, pair, 0 FROM unclaimed;
        DELETE FROM meta WHERE name IN ('pairs_in_block', 'matched_through', 'indexed_through');
        PRAGMA user_version = 1;
        """

    @Test func aNewerStoreSaysSo() throws {
        let fixture = try filled()
        try database(fixture, readonly: false).writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA user_version = 999")
        }
        for body in [
            { _ = try StoreReader.open(fixture.path) }, { try fixture.open().close() },
            { _ = try StoreRepairer.repair(fixture.path, list: { fixture.list }) },
        ] as [() throws -> Void] {
            let error = #expect(throws: StoreError.self) { try body() }
            #expect(error?.code == .newerStore && error?.description.contains("upgrade") == true)
        }
    }
}
