internal import Fetch
internal import Foundation

// What events change.
extension CrawlLoop {
    func handle(_ event: CrawlEvent, _ children: inout Children) throws {
        let now = ContinuousClock.now
        switch event {
        case .robots(let turn, let reply): try robots(turn, reply, now)
        case .transferred(let asked, let outcome): transferred(asked, outcome, now, &children)
        case .kept(let asked, let outcome):
            busy.processing -= 1
            busy.bytes -= asked.bytes(outcome)
            look(at: outcome, of: asked)
        case .processed(let site, let bytes, let processed):
            busy.processing -= 1
            busy.bytes -= bytes
            if let site { backlog.finished(site) }
            take(processed, now)
        case .loaded(let load, let slice):
            busy.loads -= 1
            loaded(load, slice, now, &children)
        case .read(let batch):
            busy.isFeeding = false
            read(batch)
        case .fed(let fed):
            busy.isFeeding = false
            took(fed, now)
        case .scanned(let hosts, let after, let due): scanned(hosts, after: after, due: due)
        case .recorded(let report):
            busy.isRecording = false
            busy.bytes -= busy.recordedBytes
            busy.recordedBytes = 0
            recorded(report)
        case .committed(let report):
            busy.isCommitting = false
            busy.bytes -= busy.committedBytes
            busy.committedBytes = 0
            recorded(report)
        case .noted: busy.notes -= 1
        case .tick(let time): ticked(time)
        case .failed(let error): throw error
        }
    }

    private func robots(_ turn: Politeness.Turn, _ reply: RobotsReply, _ now: Instant) throws {
        busy.transfers -= 1
        let first = reply.requests.first?.outcome
        politeness.robotsFinished(
            turn, reply.answer, first.map { TurnOutcome($0, now: Date()) } ?? .unused,
            address: first?.remoteAddress, age: reply.age, now: now)
        var name = "unreachable"
        if case .rules(let rules) = reply.answer, let files = reply.files {
            name = "read"
            // What is kept already is not written again, but this run may want sitemaps that the last did not.
            let sitemaps = sitemaps(of: turn.site, rules)
            if first != nil || !sitemaps.isEmpty {
                buffer.add(SiteNews(files: files, isKept: first == nil, sitemaps: sitemaps), now: now)
            }
        }
        for (url, outcome) in reply.requests { buffer.add(Decision(.robots, url, name, outcome), now: now) }
        if let first, let failure = contact.note(turn.site, first) { throw failure }
    }

    /// The sitemaps that a seed's own site names.
    private func sitemaps(of site: Site, _ rules: RobotsRules) -> [QueuedURL] {
        guard context.configuration.readsSitemaps, let base = WebURL(site.origin + "/"),
            context.policy.isHome(base)
        else { return [] }
        return rules.sitemaps.compactMap { WebURL($0, relativeTo: base) }
            .filter { context.policy.fault(ofPage: $0) == nil }.map { QueuedURL($0) }
    }

    private func transferred(
        _ asked: AskedJob, _ outcome: FetchOutcome, _ now: Instant, _ children: inout Children
    ) {
        busy.transfers -= 1
        busy.bytes -= asked.job.reservedBytes
        politeness.finished(
            asked.turn, TurnOutcome(outcome, now: Date()), address: outcome.remoteAddress, now: now)
        progress.bytes += outcome.bodyBytes
        guard context.keepsExchanges else { return look(at: outcome, of: asked) }
        busy.processing += 1
        busy.bytes += asked.bytes(outcome)
        spawn(&children) { [context] in
            try await context.keep(asked.request, outcome)
            return .kept(asked, outcome)
        }
    }

    private func look(at outcome: FetchOutcome, of asked: AskedJob) {
        process(asked.turn.site, bytes: asked.bytes(outcome)) {
            [pageProcessor, imageProcessor] in
            switch asked.job {
            case .page(let task): .page(pageProcessor.process(task, asked.url, outcome, asked.rules))
            case .image(let job): .image(imageProcessor.process(job, outcome, asked.rules))
            }
        }
    }

    private func take(_ processed: Processed, _ now: Instant) {
        switch processed {
        case .page(let result):
            rates.countPage()
            buffer.add(result, now: now)
        case .image(.hop(let job)): wait(for: job, now)
        case .image(.done(let result)):
            rates.countImage()
            buffer.add(result, now: now)
        case .image(.fetched(let image)):
            rates.countImage()
            buffer.add(image, now: now)
        case .imageGone(var job):
            job.mustFetch = true
            wait(for: job, now)
        }
    }

    /// Lets a picture wait for its site's turn; when the crawl ends, for the next run.
    private func wait(for job: ImageJob, _ now: Instant) {
        guard end == nil else { return buffer.add(job.result(.released), now: now) }
        politeness.add(backlog.push(job), now: now)
    }

    private func loaded(_ load: Backlog.Load, _ slice: TaskSlice, _ now: Instant, _ children: inout Children)
    {
        guard end == nil else {
            return giveBack((slice.pages, slice.images.compactMap(ImageJob.init)), &children)
        }
        var images: [ImageJob] = []
        for task in slice.images {
            guard var job = ImageJob(task) else { continue }
            job.askBalance(context)
            if job.isWanted {
                images.append(job)
            } else {
                buffer.add(job.result(.unwanted), now: now)
            }
        }
        var pages = slice.pages
        if backlog.areClosedForPages, !pages.isEmpty {
            giveBack((pages, []), &children)
            pages = []
        }
        guard let (site, count) = backlog.loaded(load, pages, images), count > 0 else { return }
        politeness.add(site, count: count, now: now)
    }

    private func scanned(_ hosts: [WaitingHost], after: Int64, due: Int64?) {
        busy.isScanning = false
        var opened = 0
        while opened < hosts.count, backlog.hasRoom {
            backlog.open(hosts[opened])
            opened += 1
        }
        scan.took(hosts, opened: opened, after: after, due: due)
    }

    func recorded(_ report: GroupCommitter.Report) {
        progress.take(counters: report.counters, size: report.size)
        progress.pairsKeptNow += report.kept
        for result in report.decided { buffer.add(result, now: .now) }
        if backlog.workCame(report.news) { scan.workCame() }
        for mark in marks.ended(report.images) { buffer.add(mark, now: .now) }
    }
}

extension AskedJob {
    /// What its answer is counted as while it is kept and looked at.
    fileprivate func bytes(_ outcome: FetchOutcome) -> Int { max(outcome.bodyBytes, job.reservedBytes) }
}

extension FetchOutcome {
    /// Bytes of the answer's body; none without one.
    var bodyBytes: Int {
        if case .response(let response) = self { response.body.count } else { 0 }
    }

    /// The address that was connected to, as far as it is known.
    var remoteAddress: IPAddress? {
        switch self {
        case .response(let response): response.remoteAddress
        case .failure(let failure): failure.remoteAddress
        }
    }
}
