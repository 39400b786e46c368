import Digest
import Foundation
import PairStore
import QueryBank
import TestSupport
import Testing

@testable import Crawler

@Suite struct FrontierTests {
    /// A sink that keeps what it is told, and can be made to fail.
    final class Sink: CandidateSink {
        struct Failure: Error {}
        private let state = Locked()

        private final class Locked: @unchecked Sendable {
            let lock = NSLock()
            var noted: [Candidate] = []
            var refuses = false
            var fails = false
        }

        var noted: [Candidate] { state.lock.withLock { state.noted } }
        func refuse(_ value: Bool) { state.lock.withLock { state.refuses = value } }
        func fail(_ value: Bool) { state.lock.withLock { state.fails = value } }

        func note(_ candidate: Candidate) throws { state.lock.withLock { state.noted.append(candidate) } }
        func flush() throws { if state.lock.withLock({ state.fails }) { throw Failure() } }
        func mayClaim(_ candidate: OfferedCandidate) -> Bool { state.lock.withLock { !state.refuses } }
    }

    private let folder: TemporaryFolder
    private let sink = Sink()

    init() throws { folder = try TemporaryFolder("wit-frontier") }

    private func open(_ limits: FrontierLimits = FrontierLimits()) throws -> Frontier {
        try Frontier(path: folder.file("crawl.sqlite"), limits: limits, sink: sink)
    }

    private func page(_ number: Int, host: Int = 0) throws -> QueuedURL {
        QueuedURL(try WebURL("http://h\(host).test/\(number)").required)
    }

    private func candidate(_ image: String, _ text: String, u: UInt64) throws -> OfferedCandidate {
        let url = QueuedURL(try WebURL("http://img.test/\(image)").required)
        return OfferedCandidate(
            image: url, key: CandidateKey(imageURL: url.url, text: text), text: text, source: .alt,
            queries: [1, 7],
            u: u)
    }

    /// Takes every task that is due from every host.
    private func allTasks(_ frontier: Frontier, now: Int64 = 0) async throws -> TaskSlice {
        var all = TaskSlice()
        for host in try await frontier.hostsWithWork(after: 0, limit: 100, pages: true, now: now) {
            let slice = try await frontier.takeTasks(of: host.id, pages: 100, images: 100, now: now)
            all.pages += slice.pages
            all.images += slice.images
        }
        return all
    }

    // MARK: Pages

    /// Random graphs crawled in random order with a depth limit: exactly the pages within the limit are read, each once,
    /// as a breadth-first search over the whole graph says.
    @Test(arguments: 0..<12)
    func depthIsTheLeastOverAllPaths(_ seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let count = 40
        let maxDepth = Int.random(in: 1...5, using: &random)
        let edges = (0..<count).map { _ in
            (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 0..<count, using: &random) }
        }
        let redirects = (0..<count).map { _ in Int.random(in: 0..<4, using: &random) == 0 }
        let frontier = try open(FrontierLimits(maxDepth: maxDepth, maxHops: 2))
        try await frontier.seed([page(0)], now: 0)
        var read: [Int] = []
        while true {
            let tasks = try await allTasks(frontier).pages.shuffled(using: &random)
            if tasks.isEmpty { break }
            // Some are done, in any order; the others go back.
            for (place, task) in tasks.enumerated() {
                guard place == 0 || Bool.random(using: &random) else {
                    try await frontier.release(pages: [task], images: [], now: 0)
                    continue
                }
                let number = try Int(task.url.split(separator: "/").last.required).required
                read.append(number)
                var outcome = PageOutcome.read(PageHarvest(links: try edges[number].map { try page($0) }))
                if redirects[number], let target = edges[number].first {
                    outcome = .redirect(try page(target))
                }
                try await frontier.take(pages: [PageResult(task: task, outcome: outcome)], now: 0)
            }
        }
        #expect(Set(read).count == read.count)
        #expect(Set(read) == reachable(edges, redirects, maxDepth: maxDepth, maxHops: 2))
    }

    /// Every page that some path reaches, where depth and hops are each the least over all paths; by relaxation until
    /// nothing changes.
    private func reachable(_ edges: [[Int]], _ redirects: [Bool], maxDepth: Int, maxHops: Int) -> Set<Int> {
        var place: [Int: (depth: Int, hops: Int)] = [0: (0, 0)]
        var changed = true
        while changed {
            changed = false
            for (page, at) in place where at.depth <= maxDepth && at.hops <= maxHops {
                let isRedirect = redirects[page] && !edges[page].isEmpty
                for next in isRedirect ? [edges[page][0]] : edges[page] {
                    let new = isRedirect ? (at.depth, at.hops + 1) : (at.depth + 1, 0)
                    let old = place[next] ?? (.max, .max)
                    let best = (min(old.0, new.0), min(old.1, new.1))
                    if best != old {
                        place[next] = best
                        changed = true
                    }
                }
            }
        }
        return Set(place.filter { $0.value.depth <= maxDepth && $0.value.hops <= maxHops }.keys)
    }

    @Test func unfinishedWorkIsThereAgainAfterACrash() async throws {
        let frontier = try open()
        try await frontier.seed([page(1), page(2), page(3, host: 1)], now: 0)
        let tasks = try await allTasks(frontier).pages
        #expect(tasks.count == 3)
        #expect(try await allTasks(frontier).pages.isEmpty, "what is handed out is not handed out again")
        try await frontier.take(pages: [PageResult(task: tasks[0], outcome: .read(PageHarvest()))], now: 0)
        // No close: the file is opened again as after a kill.
        let again = try await allTasks(open()).pages
        #expect(Set(again.map(\.url)) == Set(tasks.dropFirst().map(\.url)))
    }

    @Test func aFailedTransactionChangesNothing() async throws {
        let frontier = try open()
        try await frontier.seed([page(1)], now: 0)
        let task = try await allTasks(frontier).pages[0]
        sink.fail(true)
        let harvest = PageHarvest(links: [try page(2)], candidates: [try candidate("a.png", "a dog", u: 5)])
        await #expect(throws: Sink.Failure.self) {
            try await frontier.take(pages: [PageResult(task: task, outcome: .read(harvest))], now: 0)
        }
        sink.fail(false)
        let after = try await allTasks(open())
        #expect(after.pages.map(\.url) == [task.url])
        #expect(after.images.isEmpty)
    }

    @Test func failuresThatMayHealComeBackLaterAndEndAtLast() async throws {
        let frontier = try open(FrontierLimits(maxTries: 3))
        try await frontier.seed([page(1)], now: 0)
        for (now, next) in [(0, 10), (10, 30), (30, 70)] as [(Int64, Int64)] {
            #expect(
                try await frontier.hostsWithWork(after: 0, limit: 9, pages: true, now: now - 1).isEmpty
                    || now == 0)
            let task = try await allTasks(frontier, now: now).pages.first.required
            let failure = PageOutcome.retry(.page("timeout"), afterMilliseconds: next - now)
            try await frontier.take(pages: [PageResult(task: task, outcome: failure)], now: now)
            #expect(try await frontier.earliestDue(after: now, pages: true) == (now == 30 ? nil : next))
        }
        #expect(await frontier.counters["drop.page_timeout"] == 1)
        #expect(await frontier.size.queuedPages == 0)
    }

    @Test func aRetiredHostRestsUntilTheNextRun() async throws {
        let frontier = try open()
        try await frontier.seed([page(1), page(1, host: 1)], now: 0)
        try await frontier.retire(origin: "http://h0.test", reason: "host_unreachable", now: 0)
        #expect(try await allTasks(frontier).pages.map(\.url) == ["http://h1.test/1"])
        #expect(try await allTasks(open()).pages.count == 2)
    }

    @Test func aHostIsBounded() async throws {
        let frontier = try open(FrontierLimits(maxPagesPerHost: 10))
        try await frontier.seed((0..<50).map { try page($0) } + [page(0, host: 1)], now: 0)
        #expect(await frontier.size.queuedPages == 11)
        #expect(await frontier.counters["drop.link_host_full"] == 40)
    }

    // MARK: Pictures

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
