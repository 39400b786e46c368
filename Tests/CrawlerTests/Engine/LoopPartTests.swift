import Synchronization
import Testing

@testable import Crawler

/// The loop's inbox, its threads and its buffer of results.
@Suite struct LoopPartTests {
    private func tick(_ event: CrawlEvent) -> ContinuousClock.Instant? {
        if case .tick(let time) = event { time } else { nil }
    }

    @Test func theInboxGivesAllEventsInOrder() async {
        let inbox = EventInbox()
        let times = (0..<7).map { ContinuousClock.Instant.now + .seconds($0) }
        for time in times { inbox.leave(.tick(time)) }
        #expect(await inbox.take().compactMap(tick) == times)
    }

    /// What was left wakes the loop when it is announced, when something is posted, and when much was left.
    @Test(arguments: 0..<3) func whatWasLeftIsNotForgotten(way: Int) async {
        let inbox = EventInbox()
        let now = ContinuousClock.Instant.now
        async let taken = inbox.take()
        try? await Task.sleep(for: .milliseconds(20))
        inbox.leave(.tick(now))
        switch way {
        case 0: inbox.announce()
        case 1: inbox.post(.tick(now))
        default: for _ in 0..<7 { inbox.leave(.tick(now)) }
        }
        #expect(await taken.count == [1, 2, 8][way])
    }

    @Test func eventsFromManyThreadsAllArrive() async {
        let inbox = EventInbox()
        let workers = WorkerThreads(count: 3, label: "test") { inbox.announce() }
        defer { workers.stop() }
        let now = ContinuousClock.Instant.now
        for _ in 0..<5_000 { workers.run { inbox.leave(.tick(now)) } }
        var count = 0
        while count < 5_000 { count += await inbox.take().count }
        #expect(count == 5_000)
    }

    /// Pages are recorded soon, for others wait for their links; results of pictures wait for more of them.
    @Test func picturesWaitLongerThanPages() {
        let now = ContinuousClock.Instant.now
        let soon = now + ResultBuffer.maxAge
        let task = ImageTask(
            id: 1, host: 1, url: "http://a.test/1.png", tries: 0, sha256: nil, candidates: [])
        var buffer = ResultBuffer()
        buffer.add(ImageResult(task: task, outcome: .unwanted), now: now)
        #expect(buffer.takeGroup(soon, isQuiet: false) == nil)
        #expect(buffer.deadline == now + ResultBuffer.maxImageAge)
        let page = PageTask(id: 2, host: 1, url: "http://a.test/", depth: 0, hops: 0, tries: 0)
        buffer.add(PageResult(task: page, outcome: .unchanged), now: now)
        #expect(buffer.deadline == soon)
        let group = buffer.takeGroup(soon, isQuiet: false)
        #expect(group?.images.count == 1 && group?.pages.count == 1 && buffer.isEmpty)
        for _ in 0..<ResultBuffer.maxImages {
            buffer.add(ImageResult(task: task, outcome: .unwanted), now: soon)
        }
        #expect(buffer.takeGroup(soon, isQuiet: false)?.images.count == ResultBuffer.maxImages)
        buffer.add(ImageResult(task: task, outcome: .unwanted), now: soon)
        #expect(buffer.takeGroup(soon, isQuiet: true)?.images.count == 1)
    }

    /// Answers all loads in full and takes every job again; gives how many pictures each load asked for.
    private func turn(_ backlog: inout Backlog) -> [Int] {
        let loads = backlog.takeLoads()
        for load in loads {
            let jobs = (0..<load.images).compactMap { number in
                ImageJob(
                    ImageTask(
                        id: Int64(number), host: load.host.id, url: "\(load.host.origin)/\(number).png",
                        tries: 0,
                        sha256: nil, candidates: []))
            }
            guard let (site, count) = backlog.loaded(load, [], jobs) else { continue }
            for _ in 0..<count {
                _ = backlog.pop(site)
                backlog.finished(site)
            }
        }
        return loads.map(\.images)
    }

    /// Slices of a host that is asked on and on grow, up to a bound.
    @Test func slicesGrow() {
        var backlog = Backlog()
        backlog.open(WaitingHost(id: 1, origin: "http://a.test"))
        #expect((0..<6).flatMap { _ in turn(&backlog) } == [48, 96, 192, 384, 768, 768])
    }

    /// However far the slices of many hosts have grown, together they bring no more than memory has room for.
    @Test func slicesOfManyHostsAreBounded() {
        var backlog = Backlog()
        for host in 1...40 { backlog.open(WaitingHost(id: Int64(host), origin: "http://h\(host).test")) }
        for _ in 0..<4 { _ = turn(&backlog) }
        #expect(
            backlog.takeLoads().map(\.images) == Array(repeating: 768, count: 27)
                + Array(repeating: 48, count: 13))
    }
}
