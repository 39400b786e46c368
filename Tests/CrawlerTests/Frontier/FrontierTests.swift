import Digest
import Foundation
import GRDB
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

    let folder: TemporaryFolder
    let sink = Sink()

    init() throws { folder = try TemporaryFolder("wit-frontier") }

    func open(_ limits: FrontierLimits = FrontierLimits(), now: Int64 = 0) throws -> Frontier {
        try Frontier(path: folder.file("crawl.sqlite"), limits: limits, sink: sink, now: now)
    }

    func page(_ number: Int, host: Int = 0) throws -> QueuedURL {
        QueuedURL(try WebURL("http://h\(host).test/\(number)").required)
    }

    func candidate(_ image: String, _ text: String, u: UInt64) throws -> OfferedCandidate {
        let url = QueuedURL(try WebURL("http://img.test/\(image)").required)
        return OfferedCandidate(
            image: url, key: CandidateKey(imageURL: url.url, text: text), text: text, source: .alt,
            queries: [1, 7],
            u: u)
    }

    /// Takes every task that is due from every host.
    func allTasks(_ frontier: Frontier, now: Int64 = 0) async throws -> TaskSlice {
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

    @Test(arguments: [2, 3, 4]) func anEarlierFrontierComesAlong(version: Int) async throws {
        let frontier = try open()
        try await frontier.seed([page(1), page(2)], now: 0)
        let offering = try await allTasks(frontier).pages[1]
        let old = try PageHarvest(candidates: [candidate("old.png", "a cat", u: 7)])
        try await frontier.take(pages: [PageResult(task: offering, outcome: .read(old))], now: 0)
        let earlier = try DatabaseQueue(path: folder.file("crawl.sqlite"))
        try await earlier.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    ALTER TABLE candidates RENAME TO later;
                    CREATE TABLE candidates (
                        key BLOB PRIMARY KEY, image INTEGER NOT NULL, page INTEGER NOT NULL, text TEXT NOT NULL,
                        source TEXT NOT NULL, queries BLOB NOT NULL, u INTEGER NOT NULL, state INTEGER NOT NULL
                        \(version == 4 ? ", extra TEXT" : "")) WITHOUT ROWID;
                    INSERT INTO candidates
                        SELECT key, image, page, text, source, queries, u, state \(version == 4 ? ", extra" : "")
                        FROM later;
                    DROP TABLE later;
                    CREATE INDEX candidates_wanted ON candidates(image) WHERE state = 0;
                    \(version == 2 ? "DROP TABLE inputs;" : "")
                    PRAGMA user_version = \(version)
                    """)
        }
        try earlier.close()
        let tasks = try await allTasks(open())
        #expect(try tasks.pages.map(\.url) == [page(1).url])
        #expect(tasks.images.map(\.candidates).map { $0.map(\.text) } == [["a cat"]])
        let again = try open()
        let first = try await allTasks(again).pages[0]
        var candidate = try candidate("a.png", "a dog", u: 5)
        candidate.extra = ExtraFields(["similarity": "0.3"])
        let harvest = PageHarvest(candidates: [candidate])
        try await again.take(pages: [PageResult(task: first, outcome: .read(harvest))], now: 0)
        let images = try await allTasks(open()).images
        #expect(images.map(\.candidates[0].extra) == [candidate.extra, nil])
        #expect(sink.noted.map(\.extra) == [nil, candidate.extra])
    }

    /// What another store's log names is fetched by the next crawl, with all that was said of it.
    @Test func candidatesOfALogAreQueued() async throws {
        let extra = ExtraFields(["similarity": "0.3"])
        let named = ["http://img.test/a.png", "no address"].map {
            Candidate(
                imageURL: $0, text: "a dog", textSource: "alt", pageURL: "http://h0.test/1", u: 5,
                queries: [1, 7], extra: extra)
        }
        let queue = ImageQueue(folder.file("crawl.sqlite"))
        #expect(try queue.add(named) == 1)
        #expect(try queue.add(named) == 0)
        let task = try await allTasks(open()).images[0]
        #expect(task.url == named[0].imageURL)
        let wanted = try #require(task.candidates.first)
        #expect(wanted.text == "a dog" && wanted.queries == [1, 7] && wanted.u == 5)
        #expect(wanted.extra == extra && wanted.pageURL == "http://h0.test/1")
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

    @Test func aRetiredHostRestsForADayUnlessASeedNamesIt() async throws {
        let (day, hour): (Int64, Int64) = (24 * 3_600_000, 3_600_000)
        let frontier = try open()
        try await frontier.seed([page(1), page(1, host: 1)], now: 0)
        try await frontier.retire(origin: "http://h0.test", reason: "host_unreachable", now: hour)
        #expect(try await allTasks(frontier).pages.map(\.url) == ["http://h1.test/1"])
        #expect(try await allTasks(open(now: day)).pages.count == 1)
        #expect(try await allTasks(open(now: day + hour)).pages.count == 2)
        let again = try open()
        try await again.retire(origin: "http://h0.test", reason: "host_unreachable", now: hour)
        try await again.seed([page(1)], now: hour)
        #expect(try await allTasks(again, now: hour).pages.count == 2)
    }

    /// A few at a time: what is handed out stands first in the queue and is passed over, what is given back comes again,
    /// and a newcomer that is wanted more comes first.
    @Test func tasksAreHandedOutInOrderAndOnce() async throws {
        let frontier = try open()
        let offered = try (0..<7).map { try candidate("\($0).png", "text", u: UInt64(10 + $0)) }
        let origin = CandidateOrigin(list: "list.tsv")
        func feed(_ candidates: some Sequence<OfferedCandidate>) async throws {
            let offers = candidates.map { FeedOffer(candidate: $0, origin: origin) }
            _ = try await frontier.take(FeedBatch(offers: offers), isWhole: true, now: 0)
        }
        try await feed(offered)
        let host = try await frontier.hostsWithWork(after: 0, limit: 1, pages: true, now: 0).first.required
        func next(_ count: Int) async throws -> [ImageTask] {
            try await frontier.takeTasks(of: host.id, pages: count, images: count, now: 0).images
        }
        let first = try await next(3)
        #expect(first.map(\.url) == offered[..<3].map(\.image.url))
        #expect(try await next(2).map(\.url) == offered[3..<5].map(\.image.url))
        try await frontier.release(pages: [], images: [first[1]], now: 0)
        try await feed([try candidate("new.png", "text", u: 1)])
        let rest = try await next(10)
        #expect(rest.map(\.url) == ["http://img.test/new.png"] + [1, 5, 6].map { offered[$0].image.url })
        #expect(try await next(10).isEmpty)
    }

    @Test func theLogIsBounded() async throws {
        let frontier = try open(FrontierLimits(maxDecisions: 100))
        for number in 0..<50 {
            let lines = (0..<20).map { Decision(.page, "http://h0.test/\(number * 20 + $0)", "read", nil) }
            try await frontier.take(log: lines, now: 0)
        }
        let (count, last) = try await frontier.read(now: 0) { step in
            try step.first("SELECT count(*), max(id) FROM log WHERE subject = 'page'", []) {
                ($0[0] as Int, $0[1] as Int)
            }.required
        }
        #expect((100...125).contains(count))
        #expect(last == 1_000)
    }

    @Test func aSitesFilesAreKeptForADay() async throws {
        let files = SiteFiles(origin: "http://h0.test", robots: Array("user-agent: *\ndisallow: /x".utf8))
        try await open().take(sites: [SiteNews(files: files, isKept: false)], now: 1_000)
        let again = try open()
        let known = try await again.files(of: files.origin, maxAge: .seconds(60), now: 31_000).required
        #expect(known.age == .seconds(30))
        #expect(known.files.rules.allows(path: "/x", agent: "wit") == false)
        #expect(try await again.files(of: files.origin, maxAge: .seconds(60), now: 61_000) == nil)
        #expect(try await again.files(of: "http://h1.test", maxAge: .seconds(60), now: 1_000) == nil)
    }

    @Test func mirrorsAreNotFollowedForEver() async throws {
        let frontier = try open(FrontierLimits(maxCopies: 2))
        try await frontier.seed((0..<5).map { try page($0, host: $0) }, now: 0)
        for task in try await allTasks(frontier).pages {
            var harvest = PageHarvest(links: [try page(100 + Int(task.host))])
            harvest.digest = task.url.hasSuffix("/4") ? 8 : 7
            try await frontier.take(pages: [PageResult(task: task, outcome: .read(harvest))], now: 0)
        }
        #expect(await frontier.counters["drop.page_mirror"] == 2)
        #expect(await frontier.size.queuedPages == 3)
    }

    @Test func aHostIsBounded() async throws {
        let frontier = try open(FrontierLimits(maxPagesPerHost: 10))
        try await frontier.seed((0..<50).map { try page($0) } + [page(0, host: 1)], now: 0)
        #expect(await frontier.size.queuedPages == 11)
        #expect(await frontier.counters["drop.link_host_full"] == 40)
    }
}
