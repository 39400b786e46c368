/// The shard that a session appends to: makes the next one when it is full, seals it at the end.
final class ShardAppender {
    private let session: StoreSession
    private let maxBytes: Int64
    private var current: ShardWriter?

    init(_ session: StoreSession, maxBytes: Int64) throws {
        (self.session, self.maxBytes) = (session, maxBytes)
        current = try session.unsealed.map {
            try ShardWriter(number: $0.number, bytes: $0.bytes, pairs: $0.pairs, session.paths, session.files)
        }
    }

    /// The shard to append to; a full or abandoned one is put away first.
    func ready() throws -> ShardWriter {
        if let current, !current.isAbandoned, current.committedBytes < maxBytes { return current }
        try putAway()
        // The number is taken in a commit of its own, so that a crash leaves no file the catalogue does not know.
        let number = try session.catalogue.transaction { transaction in
            let table = ShardTable(transaction.database)
            let number = try table.nextNumber()
            try table.set(.init(number: number, state: .open, bytes: 0, pairs: 0))
            return number
        }
        let new = try ShardWriter(number: number, bytes: 0, pairs: 0, session.paths, session.files)
        current = new
        return new
    }

    /// Seals the open shard; one without pairs goes, and one of unknown state waits for the next opening.
    func putAway() throws {
        guard let shard = current else { return }
        if shard.isAbandoned {
            try setState(.abandoned, of: shard)
        } else if shard.committedPairs == 0 {
            try session.catalogue.transaction { try ShardTable($0.database).remove(shard.number) }
            try session.files.remove(session.paths.shard(shard.number, sealed: false))
        } else {
            try shard.seal(session.paths, session.files)
            try setState(.sealed, of: shard)
        }
        current = nil
    }

    private func setState(_ state: ShardTable.State, of shard: ShardWriter) throws {
        try session.catalogue.transaction {
            try ShardTable($0.database).set(
                .init(
                    number: shard.number, state: state, bytes: shard.committedBytes,
                    pairs: shard.committedPairs))
        }
    }
}
