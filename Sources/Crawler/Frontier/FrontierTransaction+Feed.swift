internal import Foundation
internal import GRDB

extension FrontierTransaction {
    /// Takes in candidates that no page of this crawl offers.
    func offer(_ offers: some Sequence<FeedOffer>) throws {
        // Most of a list's rows name the same page, or none.
        var origins: Set<Int64> = []
        for offer in offers {
            let origin = offer.origin
            if origins.insert(origin.id).inserted { try know(origin) }
            try self.offer(offer.candidate, page: origin.id, url: origin.url)
        }
    }

    /// What offers candidates is known from now on, as farther than any limit until a crawl comes upon it.
    private func know(_ origin: CandidateOrigin) throws {
        let far = Int(Int32.max)
        try run(
            """
            INSERT OR IGNORE INTO pages (id, url, host, depth, hops, state, licence, language)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            origin.id, origin.url, try host(origin.host), far, far, PageState.beyond.rawValue,
            origin.licence, origin.language)
    }

    /// Notes how far an input is done.
    func note(_ mark: InputMark) throws {
        try run(
            """
            INSERT INTO inputs (id, name, position, is_done, at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (id) DO UPDATE SET name = ?2, position = ?3, is_done = ?4, at = ?5
            """, mark.id, mark.name, mark.position, mark.isDone, now)
    }
}

extension Frontier {
    /// Takes candidates of an import in, all of them or none; gives the hosts that got work by it.
    ///
    /// - Parameter isWhole: nothing that came before is on its way, so the batch's mark may be written with it.
    func take(_ batch: FeedBatch, isWhole: Bool, now: Int64) throws -> HostNews {
        try transaction(now: now) { step in
            state.news = HostNews()
            step.count(batch.drops)
            step.count(Self.rowsRead, batch.rows)
            try step.offer(batch.offers)
            if isWhole, batch.pictures.isEmpty, let mark = batch.mark { try step.note(mark) }
            return state.news
        }
    }

    /// How far inputs were read, by what they are known by.
    func inputMarks() throws -> [String: InputMark] {
        try read(now: 0) { step in
            let marks = try step.all("SELECT id, name, position, is_done FROM inputs") {
                InputMark(id: $0[0], name: $0[1], position: $0[2], isDone: $0[3])
            }
            return Dictionary(marks.map { ($0.id, $0) }) { _, new in new }
        }
    }
}
