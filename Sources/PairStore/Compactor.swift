internal import Foundation
internal import GRDB

/// Rewrites shards without the samples of dead pairs, and joins small ones.
///
/// Sources are taken in the order of their numbers until they fill one new shard. That one is written under a number
/// of its own, sealed and synced; then one transaction moves the pairs over and marks the sources dropped. A crash
/// before it leaves a file that the next opening removes, a crash after it files that the next opening unlinks.
struct Compactor {
    let session: StoreSession
    private let progress: (CompactProgress) -> Void
    private let maxBytes: Int64
    var report = CompactReport()
    /// Set for repairs: pairs whose bytes cannot be saved, instead of an error.
    var losses: [Loss]?
    /// Samples that were damaged around a whole picture and were made anew.
    var remade = 0

    init(_ session: StoreSession, maxShardBytes: Int64, _ progress: @escaping (CompactProgress) -> Void) {
        (self.session, self.progress, maxBytes) = (session, progress, maxShardBytes)
    }

    struct Source {
        let shard: ShardTable.Shard
        let livePairs: Int64
        /// The dead samples' share is not known without their texts; this is close enough to plan with.
        var liveBytes: Int64 { shard.pairs == 0 ? 0 : shard.bytes / shard.pairs * livePairs }
    }

    mutating func run() throws -> CompactReport {
        let sources = try plan()
        let total = sources.reduce(0) { $0 + $1.shard.bytes }
        var done: Int64 = 0
        for batch in batches(sources) {
            try compact(batch)
            done += batch.reduce(0) { $0 + $1.shard.bytes }
            progress(CompactProgress(bytes: done, totalBytes: total))
        }
        try forgetNames()
        report.candidates = try CandidateScrub(session).run()
        try unlinkDropped()
        return report
    }

    // MARK: Planning

    private func plan() throws -> [Source] {
        try session.catalogue.inDatabase { database in
            let live = Dictionary(
                uniqueKeysWithValues: try Row.fetchAll(
                    database,
                    sql: "SELECT shard, count(*) FROM pairs WHERE status = 0 GROUP BY shard"
                ).map { row -> (Int64, Int64) in (row[0], row[1]) })
            let sealed = try ShardTable(database).all().filter { $0.state == .sealed }
            let sources = sealed.map { Source(shard: $0, livePairs: live[$0.number] ?? 0) }
            let small = sources.filter { $0.shard.bytes < maxBytes / 4 }
            return sources.filter { source in
                source.livePairs < source.shard.pairs
                    || (small.count > 1 && source.shard.bytes < maxBytes / 4)
            }
        }
    }

    private func batches(_ sources: [Source]) -> [[Source]] {
        var batches: [[Source]] = []
        var filled = Int64.max
        for source in sources {
            if filled >= maxBytes || filled + source.liveBytes > maxBytes {
                batches.append([])
                filled = 0
            }
            batches[batches.count - 1].append(source)
            filled += source.liveBytes
        }
        return batches
    }

    // MARK: Moving

    private struct Move {
        let pair: Int64
        let offset: Int64
    }

    mutating func compact(_ sources: [Source]) throws {
        let catalogue = session.catalogue
        var output: ShardTable.Shard?
        var moves: [Move] = []
        if sources.contains(where: { $0.livePairs > 0 }) {
            let number = try startOutput()
            let writer = try ShardWriter(number: number, bytes: 0, pairs: 0, session.paths, session.files)
            for source in sources { try copy(source, to: writer, &moves) }
            try writer.sync()
            writer.commit()
            output = .init(
                number: number, state: .sealed, bytes: writer.committedBytes, pairs: writer.committedPairs)
            if moves.isEmpty {
                // Nothing could be saved; the number is given up with the file.
                output?.state = .building
            } else {
                try writer.seal(session.paths, session.files)
            }
        }
        try catalogue.transaction { transaction in
            let table = ShardTable(transaction.database)
            if let output {
                try table.set(output)
                let move = try SQLStatement(
                    transaction.database, "UPDATE pairs SET shard = ?, offset = ? WHERE id = ?")
                for pair in moves {
                    try move.bind(1, output.number).bind(2, pair.offset).bind(3, pair.pair).run()
                }
            }
            if let losses, !losses.isEmpty {
                try lose(
                    losses.filter { loss in sources.contains { $0.shard.number == loss.row.place?.shard } },
                    transaction)
            }
            for source in sources {
                try transaction.database.execute(
                    sql: "UPDATE pairs SET shard = NULL, offset = NULL WHERE shard = ?",
                    arguments: [source.shard.number])
                var dropped = source.shard
                dropped.state = .dropped
                try table.set(dropped)
            }
        }
        report.shardsBefore += sources.count
        report.bytesBefore += sources.reduce(0) { $0 + $1.shard.bytes }
        report.shardsAfter += output == nil ? 0 : 1
        report.bytesAfter += output?.bytes ?? 0
        report.pairs += moves.count
    }

    private func startOutput() throws -> Int64 {
        try session.catalogue.transaction { transaction in
            let table = ShardTable(transaction.database)
            let number = try table.nextNumber()
            try table.set(.init(number: number, state: .building, bytes: 0, pairs: 0))
            return number
        }
    }

    private mutating func copy(_ source: Source, to writer: ShardWriter, _ moves: inout [Move]) throws {
        let name = StorePaths.shardName(source.shard.number, sealed: true)
        let file = try open(source.shard.number)
        let rows = ShardRows(source.shard.number)
        var after: Int64 = -1
        while case let page = try session.catalogue.inDatabase({
            try rows.page(after: after, liveOnly: true, $0)
        }),
            let last = page.last?.row.place
        {
            for entry in page {
                guard let place = entry.row.place else { continue }
                guard let bytes = try sample(entry, at: place, file, name) else { continue }
                moves.append(Move(pair: entry.row.id, offset: try writer.append(raw: bytes, pairs: 1)))
            }
            after = last.offset
        }
    }

    // MARK: Clearing up

    /// Names of pages and origins that no pair bears any more, left by removals.
    private func forgetNames() throws {
        try session.catalogue.transaction { transaction in
            guard try !transaction.tables.removals.all().isEmpty else { return }
            try transaction.database.execute(
                sql: """
                    DELETE FROM pages WHERE id NOT IN (SELECT page FROM pairs UNION SELECT page FROM seen);
                    DELETE FROM origins WHERE id NOT IN (
                      SELECT origin FROM pairs UNION SELECT origin FROM seen UNION SELECT origin FROM pages);
                    """)
            transaction.tables.names.forget()
        }
    }

    mutating func unlinkDropped() throws {
        let dropped = DroppedShards(session.paths, session.files, session.catalogue)
        let shards = try session.catalogue.inDatabase { try ShardTable($0).all() }
        for shard in shards where shard.state == .dropped {
            if try !dropped.remove(shard) { report.waiting += 1 }
        }
    }
}
