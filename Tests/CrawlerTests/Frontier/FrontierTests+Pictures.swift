import Digest
import PairStore
import Testing

@testable import Crawler

extension FrontierTests {
    @Test func picturesComeInTheOrderOfTheirLeastPriority() async throws {
        let frontier = try open()
        try await frontier.seed([page(1)], now: 0)
        let task = try await allTasks(frontier).pages[0]
        let high: UInt64 = 1 << 63 | 5
        let candidates = try [
            candidate("b.png", "a dog", u: high), candidate("a.png", "a cat", u: 7),
            candidate("c.png", "a cow", u: .max), candidate("c.png", "a hen", u: 3),
        ]
        let harvest = PageHarvest(candidates: candidates, language: "en")
        try await frontier.take(pages: [PageResult(task: task, outcome: .read(harvest))], now: 0)
        let images = try await allTasks(frontier).images
        #expect(images.map { $0.url.suffix(5) } == ["c.png", "a.png", "b.png"])
        #expect(images[0].candidates.map(\.text) == ["a hen", "a cow"])
        #expect(images[0].candidates[0].queries == [1, 7])
        #expect(images[0].candidates[0].language == "en")
        #expect(images[2].candidates[0].u == high)
        #expect(sink.noted.count == 4)
    }

    /// A candidate for a picture that is settled, dropped or on its way gets its turn, its end, or waits.
    @Test func laterCandidatesOfAPictureAreNotLost() async throws {
        let frontier = try open()
        try await frontier.seed([page(1), page(2), page(3), page(4)], now: 0)
        let pages = try await allTasks(frontier).pages
        func offer(_ place: Int, _ candidates: [OfferedCandidate]) async throws {
            let harvest = PageHarvest(candidates: candidates)
            try await frontier.take(pages: [PageResult(task: pages[place], outcome: .read(harvest))], now: 0)
        }
        try await offer(0, [candidate("a.png", "one", u: 1), candidate("b.png", "one", u: 1)])
        let first = try await allTasks(frontier).images
        // While both are on their way, another text comes for each.
        try await offer(1, [candidate("a.png", "two", u: 2), candidate("b.png", "two", u: 2)])
        let digest = SHA256Digest(ofUTF8: "x")
        let (a, b) = first[0].url.hasSuffix("a.png") ? (first[0], first[1]) : (first[1], first[0])
        let kept = [a.candidates[0].key: CandidateFate.kept]
        try await frontier.take(
            images: [
                ImageResult(task: a, outcome: .settled(digest), fates: kept),
                ImageResult(task: b, outcome: .dropped(.imageTooSmall)),
            ], now: 0)
        let second = try await allTasks(frontier).images
        #expect(second.map(\.url) == [a.url], "what was dropped is dropped for later texts too")
        #expect(second.first?.sha256 == digest)
        #expect(second.first?.candidates.map(\.text) == ["two"])
        try await frontier.take(
            images: [
                ImageResult(
                    task: second[0], outcome: .settled(digest),
                    fates: [second[0].candidates[0].key: .refusedAtCommit])
            ],
            now: 0)
        try await offer(
            2,
            [
                candidate("a.png", "three", u: 9), candidate("b.png", "three", u: 9),
                candidate("a.png", "one", u: 1),
            ])
        let third = try await allTasks(frontier).images
        #expect(third.map(\.url) == [a.url])
        #expect(third.first?.candidates.map(\.text) == ["three"])
        let counters = await frontier.counters
        #expect(counters["pairs_kept"] == 1)
        #expect(counters["drop.pair_balance_at_commit"] == 1)
        #expect(counters["drop.pair_offered_before"] == 1)
    }

    @Test func whatBalanceRefusesIsNotedAndNotQueued() async throws {
        let frontier = try open()
        try await frontier.seed([page(1)], now: 0)
        let task = try await allTasks(frontier).pages[0]
        sink.refuse(true)
        let harvest = PageHarvest(candidates: [try candidate("a.png", "a dog", u: 5)])
        try await frontier.take(pages: [PageResult(task: task, outcome: .read(harvest))], now: 0)
        #expect(try await allTasks(frontier).images.isEmpty)
        #expect(sink.noted.map(\.text) == ["a dog"])
        #expect(await frontier.counters["drop.pair_balance_before_fetch"] == 1)
    }
}
