internal import Foundation
internal import GRDB

/// Single values of a catalogue.
struct Meta {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// The number of the last commit.
    func commitNumber() throws -> Int64 { try number("commit") }
    /// The number that the next pair gets; a number is never used twice.
    func nextPair() throws -> Int64 { max(1, try number("next_pair")) }

    func set(commitNumber: Int64, nextPair: Int64) throws {
        try set("commit", commitNumber)
        try set("next_pair", nextPair)
    }

    /// Pairs of a block of `matched`.
    func pairsInBlock() throws -> Int64 { max(1, try number("pairs_in_block")) }
    func set(pairsInBlock: Int64) throws { try set("pairs_in_block", pairsInBlock) }

    /// The last pair whose matches are in `matched`.
    static let matchedThrough = mark("matched_through")
    func set(matchedThrough: Int64) throws { try set("matched_through", matchedThrough) }

    /// The last pair that is in `keys` and `images`.
    static let indexedThrough = mark("indexed_through")
    func set(indexedThrough: Int64) throws { try set("indexed_through", indexedThrough) }

    /// A number as a statement has it that asks for it or compares with it.
    private static func mark(_ name: String) -> String {
        "coalesce((SELECT value FROM meta WHERE name = '\(name)'), 0)"
    }

    /// A copy of `store.json`, should the file be lost.
    func manifest() throws -> Data? {
        try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'manifest'").map {
            Data($0.utf8)
        }
    }

    func setManifest(_ data: Data) throws { try set("manifest", String(decoding: data, as: UTF8.self)) }

    /// How far an operation that resumes has come.
    func mark(_ name: String) throws -> Int64? {
        try Int64.fetchOne(
            database, sql: "SELECT value FROM meta WHERE name = ?", arguments: ["mark." + name])
    }

    func set(mark name: String, _ value: Int64) throws { try set("mark." + name, value) }

    private func number(_ name: String) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name]) ?? 0
    }

    private func set(_ name: String, _ value: any DatabaseValueConvertible) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", arguments: [name, value])
    }
}
