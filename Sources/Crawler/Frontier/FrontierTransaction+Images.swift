internal import Digest
internal import Foundation
internal import GRDB
internal import PairStore
internal import QueryBank

/// Where a picture stands.
enum ImageState: Int {
    /// Candidates wait for it.
    case queued = 0
    /// Fetched; every candidate has its outcome. A new candidate queues it again.
    case settled = 1
    /// Left out for good, and with it every candidate.
    case dropped = 2
}

extension FrontierTransaction {
    /// Takes in a candidate that a page offers: noted when it is new, and queued if balance has room for it.
    func offer(_ candidate: OfferedCandidate, page: Int64, url: String) throws {
        try run(
            """
            INSERT OR IGNORE INTO candidates (image, key, page, text, source, queries, u, state, extra)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)
            """,
            candidate.image.id, candidate.key.bytes, page, candidate.text,
            candidate.source.rawValue,
            StoredQueries.bytes(candidate.queries), Stored.ordered(candidate.u), candidate.extra?.json)
        guard database.changesCount > 0 else { return count([.pairAgain: 1]) }
        count(Frontier.candidatesOffered)
        try sink.note(
            Candidate(
                imageURL: candidate.image.url, text: candidate.text, textSource: candidate.source.rawValue,
                pageURL: url, u: candidate.u, queries: candidate.queries, extra: candidate.extra))
        guard sink.mayClaim(candidate) else {
            return try end(candidate.key, of: candidate.image.id, .refused, reason: .pairRefusedEarly)
        }
        try want(candidate)
    }

    /// Queues the picture of a wanted candidate, unless it is known to be of no use.
    private func want(_ candidate: OfferedCandidate) throws {
        let u = Stored.ordered(candidate.u)
        let host = try host(candidate.image.origin)
        // Most pictures are new: trying to add one first saves looking for it.
        try run(
            "INSERT INTO images (id, url, host, u, state) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
            candidate.image.id, candidate.image.url, host, u)
        if database.changesCount > 0 { return changeQueued(host, images: 1) }
        let known = try first("SELECT state, u, host FROM images WHERE id = ?", candidate.image.id) {
            (state: ImageState(rawValue: $0[0]), u: $0[1] as Int64, host: $0[2] as Int64)
        }
        guard let known else { return }
        switch known.state {
        case .queued:
            if u < known.u {
                try run("UPDATE images SET u = ? WHERE id = ?", u, candidate.image.id)
            }
        case .settled:
            try run(
                "UPDATE images SET state = 0, tries = 0, due = 0, u = ? WHERE id = ?",
                u, candidate.image.id)
            changeQueued(known.host, images: 1)
        case .dropped:
            try end(candidate.key, of: candidate.image.id, .dropped, reason: nil)
        case nil: break
        }
    }

    /// Takes a picture's result in.
    func take(_ result: ImageResult) throws {
        count(result.drops)
        try log(result.decisions)
        let task = result.task
        for (key, fate) in result.fates { try end(key, of: task.id, fate.state, reason: fate.reason) }
        switch result.outcome {
        case .settled(let digest):
            count(Frontier.imagesFetched)
            try settle(task, digest)
        case .unwanted: try settle(task, nil)
        case .dropped(let reason): try drop(task, reason)
        case .retry(let reason, let wait):
            if task.tries + 1 >= limits.maxTries {
                try drop(task, reason)
            } else {
                try run("UPDATE images SET tries = tries + 1, due = ? WHERE id = ?", now + wait, task.id)
            }
        case .released: break
        }
        state.leasedImages[task.host]?.remove(task.id)
    }

    /// The first final outcome stays.
    private func end(
        _ key: CandidateKey, of image: Int64, _ outcome: CandidateState, reason: DropReason?
    ) throws {
        try run(
            "UPDATE candidates SET state = ? WHERE image = ? AND key = ? AND state = 0",
            outcome.rawValue, image, key.bytes)
        guard database.changesCount > 0 else { return }
        if outcome == .kept { count(Frontier.pairsKept) }
        if let reason { count([reason: 1]) }
    }

    /// No candidate of the task waits any more; one that came meanwhile keeps the picture queued.
    private func settle(_ task: ImageTask, _ digest: SHA256Digest?) throws {
        let digest = digest?.bytes
        try run(
            """
            UPDATE images SET state = 1, sha256 = ifnull(?2, sha256)
            WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM candidates WHERE image = ?1 AND state = 0)
            """, task.id, digest)
        if database.changesCount > 0 { return changeQueued(task.host, images: -1) }
        try run(
            """
            UPDATE images SET sha256 = ifnull(?2, sha256), tries = 0, due = 0,
                u = (SELECT min(u) FROM candidates WHERE image = ?1 AND state = 0)
            WHERE id = ?1
            """, task.id, digest)
    }

    private func drop(_ task: ImageTask, _ reason: DropReason) throws {
        count([reason: 1])
        try run("UPDATE images SET state = 2, outcome = ? WHERE id = ?", reason.rawValue, task.id)
        try run("UPDATE candidates SET state = 4 WHERE image = ? AND state = 0", task.id)
        changeQueued(task.host, images: -1)
    }
}

/// How unsigned numbers and query ids are kept in SQLite.
enum Stored {
    /// A signed number in the same order.
    static func ordered(_ u: UInt64) -> Int64 { Int64(bitPattern: u ^ (1 << 63)) }
    /// The number that `ordered` stands for.
    static func unsigned(_ stored: Int64) -> UInt64 { UInt64(bitPattern: stored) ^ (1 << 63) }
}

enum StoredQueries {
    /// Query ids as little-endian words.
    static func bytes(_ queries: [QueryID]) -> [UInt8] {
        queries.map(\.littleEndian).withUnsafeBytes { [UInt8]($0) }
    }

    static func queries(_ bytes: [UInt8]) -> [QueryID] {
        stride(from: 0, to: bytes.count - 3, by: 4).map { place in
            (0..<4).reduce(0) { $0 | QueryID(bytes[place + $1]) << (8 * UInt32($1)) }
        }
    }
}
