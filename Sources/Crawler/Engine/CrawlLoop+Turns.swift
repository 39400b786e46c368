internal import Digest
internal import Fetch
internal import PairStore

// What turns are used for.
extension CrawlLoop {
    /// Uses every turn that politeness gives now; says when it gives the next.
    func takeTurns(_ now: Instant, _ children: inout Children) -> Instant {
        let later = now + Self.heartbeat
        while hasRoom {
            switch politeness.next(now: now) {
            case .fetchRobots(let turn): fetchRobots(turn, &children)
            case .fetch(let turn, let rules): use(turn, rules, now, &children)
            case .retire(let site, let reason): retire(site, reason, now, &children)
            case .wait(let time): return time
            case .idle: return later
            }
        }
        return later
    }

    private func fetchRobots(_ turn: Politeness.Turn, _ children: inout Children) {
        busy.transfers += 1
        spawn(&children) { [context, frontier, manners] in
            let known = try await frontier.files(
                of: turn.site.origin, maxAge: manners.robotsLifetime, now: WallClock.milliseconds())
            if let (files, age) = known {
                return .robots(
                    turn, RobotsReply(answer: .rules(files.rules), requests: [], age: age, files: files))
            }
            let reply = await RobotsFetcher(context.fetcher, manners).fetch(turn.site)
            for (url, outcome) in reply.requests {
                try await context.keep(FetchRequest(url: url, maxBodyBytes: 0), outcome)
            }
            return .robots(turn, reply)
        }
    }

    private func use(
        _ turn: Politeness.Turn, _ rules: RobotsRules, _ now: Instant, _ children: inout Children
    ) {
        guard let job = backlog.pop(turn.site) else {
            return politeness.finished(turn, .unused, now: now)
        }
        switch job {
        case .page(let task): askFor(task, turn, rules, now, &children)
        case .image(let image): askFor(image, turn, rules, now, &children)
        }
    }

    private func askFor(
        _ task: PageTask, _ turn: Politeness.Turn, _ rules: RobotsRules, _ now: Instant,
        _ children: inout Children
    ) {
        guard let url = WebURL(task.url) else {
            return skip(turn, pageProcessor.refused(task, "bad_url"), now)
        }
        if let fault = context.robotsFault(url, rules) {
            return skip(turn, pageProcessor.refused(task, fault), now)
        }
        if !task.isSitemap { progress.pagesAsked += 1 }
        transfer(AskedJob(.page(task), turn, url, rules, pageProcessor.request(task)))
        if let most = context.configuration.maxPages, progress.pagesAsked >= most {
            giveBack((backlog.closeForPages(), []), &children)
        }
    }

    private func askFor(
        _ job: ImageJob, _ turn: Politeness.Turn, _ rules: RobotsRules, _ now: Instant,
        _ children: inout Children
    ) {
        var job = job
        job.askBalance(context)
        if !job.isWanted { return skip(turn, job.result(.unwanted), now) }
        if let fault = context.robotsFault(job.url, rules) {
            return skip(turn, imageProcessor.refused(job, .image(fault)), now)
        }
        if let digest = job.task.sha256, job.hops == 0, !job.mustFetch {
            politeness.finished(turn, .unused, now: now)
            return process(turn.site, bytes: 0) { [context, imageProcessor, job] in
                guard let bytes = try context.store.imageBytes(sha256: digest) else { return .imageGone(job) }
                return .image(imageProcessor.process(job, stored: bytes))
            }
        }
        transfer(AskedJob(.image(job), turn, job.url, rules, imageProcessor.request(job)))
    }

    /// A job that needs no request.
    private func skip(_ turn: Politeness.Turn, _ result: PageResult, _ now: Instant) {
        politeness.finished(turn, .unused, now: now)
        backlog.finished(turn.site)
        buffer.add(result, now: now)
    }

    private func skip(_ turn: Politeness.Turn, _ result: ImageResult, _ now: Instant) {
        politeness.finished(turn, .unused, now: now)
        backlog.finished(turn.site)
        buffer.add(result, now: now)
    }

    private func transfer(_ asked: AskedJob) {
        busy.transfers += 1
        busy.bytes += asked.job.reservedBytes
        context.fetcher.start(asked.request) { [inbox] in inbox.post(.transferred(asked, $0)) }
    }

    /// Looks at an answer on the workers' threads; `site` is nil for what nobody was asked for.
    func process(_ site: Site?, bytes: Int, _ work: @escaping @Sendable () throws -> Processed) {
        busy.processing += 1
        busy.bytes += bytes
        workers.run { [inbox] in
            do {
                inbox.leave(.processed(site, bytes: bytes, try work()))
            } catch {
                inbox.post(.failed(error))
            }
        }
    }

    /// Gives a host up for this run. Its own tasks stay in the frontier; pictures that redirects brought here wait
    /// for another time.
    private func retire(_ site: Site, _ reason: RetireReason, _ now: Instant, _ children: inout Children) {
        progress.retiredHosts[reason.rawValue, default: 0] += 1
        let (_, images) = backlog.drain(site)
        for job in images where job.hops > 0 {
            let wait = context.waitMilliseconds(tries: job.task.tries, nil)
            buffer.add(job.result(.retry(.image(reason.rawValue), afterMilliseconds: wait)), now: now)
        }
        busy.notes += 1
        spawn(&children) { [frontier] in
            try await frontier.retire(
                origin: site.origin, reason: reason.rawValue, now: WallClock.milliseconds())
            return .noted
        }
    }

    /// Gives tasks back to the frontier unfinished.
    func giveBack(_ tasks: (pages: [PageTask], images: [ImageJob]), _ children: inout Children) {
        guard !tasks.pages.isEmpty || !tasks.images.isEmpty else { return }
        busy.notes += 1
        spawn(&children) { [frontier] in
            try await frontier.release(
                pages: tasks.pages, images: tasks.images.map(\.task), now: WallClock.milliseconds())
            return .noted
        }
    }
}

extension Backlog.Job {
    /// What is kept free for its result while it is asked for.
    var reservedBytes: Int {
        if case .page(let task) = self, task.isSitemap { CrawlLoop.sitemapBytes } else { 0 }
    }
}
