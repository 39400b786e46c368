internal import GRDB

/// What the catalogue knows of the shard files.
struct ShardTable {
    /// How far a shard is.
    enum State: Int64 {
        /// Still grows, as a part file.
        case open = 0
        /// Complete under its final name.
        case sealed = 1
        /// Given up after a failed sync; sealed at its committed length when a writer next can.
        case abandoned = 2
        /// Compaction has moved its pairs elsewhere; the file goes once no reader is left.
        case dropped = 3
        /// Compaction writes it; worth nothing until it is swapped in.
        case building = 4
    }

    struct Shard {
        var number: Int64
        var state: State
        /// Committed bytes, without the blocks that end a sealed archive.
        var bytes: Int64
        /// Samples in it, dead ones included.
        var pairs: Int64

        /// Whether pairs may lie in it.
        var isPartOfTheStore: Bool { state != .dropped && state != .building }
    }

    private let database: Database

    init(_ database: Database) { self.database = database }

    func all() throws -> [Shard] {
        try Row.fetchAll(database, sql: "SELECT id, state, bytes, pairs FROM shards ORDER BY id").map { row in
            let number: Int64 = row[0]
            guard let state = State(rawValue: row[1]) else {
                throw StoreError(.damaged, "catalogue", "gives shard \(number) a state that no wit writes")
            }
            return Shard(number: number, state: state, bytes: row[2], pairs: row[3])
        }
    }

    func set(_ shard: Shard) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO shards (id, state, bytes, pairs) VALUES (?, ?, ?, ?)",
            arguments: [shard.number, shard.state.rawValue, shard.bytes, shard.pairs])
    }

    func remove(_ number: Int64) throws {
        try database.execute(sql: "DELETE FROM shards WHERE id = ?", arguments: [number])
    }

    /// A number that no shard has or had.
    /// The number that the next shard gets; no file may have it.
    func setNextNumber(_ number: Int64) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta (name, value) VALUES ('next_shard', ?)", arguments: [number])
    }

    func nextNumber() throws -> Int64 {
        let last = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'next_shard'") ?? 0
        try setNextNumber(last + 1)
        return last
    }
}
