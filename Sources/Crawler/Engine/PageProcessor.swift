internal import Fetch

/// Makes a page's result of the answer to its request.
struct PageProcessor: Sendable {
    let context: CrawlContext

    static let accept = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"

    /// The request for a page.
    func request(_ task: PageTask) -> FetchRequest {
        FetchRequest(
            url: task.url, accept: Self.accept, maxBodyBytes: context.configuration.maxPageBytes,
            overflow: .truncate)
    }

    /// The result of a page that robots.txt forbids.
    func refused(_ task: PageTask, _ fault: String) -> PageResult {
        result(task, .dropped(.page(fault)), nil)
    }

    /// The result of a page that was asked for.
    func process(_ task: PageTask, _ url: WebURL, _ outcome: FetchOutcome, _ rules: RobotsRules) -> PageResult
    {
        switch outcome {
        case .failure(let failure):
            switch failure.reason {
            case .cancelled, .shutDown: return PageResult(task: task, outcome: .released)
            default: return failed(task, failure.reason.rawValue, outcome)
            }
        case .response(let response):
            switch response.status {
            case 200..<300: return read(task, url, response, rules)
            case 300..<400: return redirect(task, response)
            default: return failed(task, DropReason.status(response.status), outcome)
            }
        }
    }

    private func failed(_ task: PageTask, _ name: String, _ outcome: FetchOutcome) -> PageResult {
        let reason = DropReason.page(name)
        guard outcome.isTransient else { return result(task, .dropped(reason), outcome) }
        let wait = context.waitMilliseconds(tries: task.tries, outcome)
        return result(task, .retry(reason, afterMilliseconds: wait), outcome)
    }

    private func redirect(_ task: PageTask, _ response: FetchResponse) -> PageResult {
        let target = response.redirectTarget.flatMap { WebURL($0) }
        guard let target, target.canonical != task.url else {
            return result(task, .dropped(.pageRedirects), .response(response))
        }
        if task.depth == 0 { context.policy.welcome(target) }
        if let fault = context.policy.fault(ofPage: target) {
            return result(task, .dropped(fault), .response(response))
        }
        return result(task, .redirect(QueuedURL(target)), .response(response))
    }

    private func read(
        _ task: PageTask, _ url: WebURL, _ response: FetchResponse, _ rules: RobotsRules
    ) -> PageResult {
        guard isHTML(response) else { return result(task, .dropped(.pageNotHTML), .response(response)) }
        let page = context.reader.read(response.body, contentType: response.headers["content-type"], url: url)
        var wishes = context.optOuts(response, url, rules)
        for meta in page.metas {
            wishes.add(metaName: meta.name, content: meta.content, agent: context.agent)
        }
        var drops = page.drops
        var harvest = PageHarvest(licence: page.licence, language: page.language)
        harvest.entityTag = response.entityTag
        harvest.lastModified = response.lastModified
        if wishes.againstLinks != nil {
            drops[.linkNofollow, default: 0] += page.links.count
        } else {
            harvest.links = follow(page.links, &drops)
        }
        if let wish = wishes.againstPicturesOfPage {
            drops[.image(DropReason.optOut(wish)), default: 0] += page.offers.count
        } else {
            harvest.candidates = context.curator.candidates(of: page, drops: &drops)
        }
        var result = result(task, .read(harvest), .response(response))
        result.drops = drops.filter { $0.value > 0 }
        return result
    }

    private func follow(_ links: [PageLink], _ drops: inout [DropReason: Int]) -> [QueuedURL] {
        links.compactMap { link in
            guard let fault = context.policy.fault(ofPage: link.url) else { return link.queued }
            drops[fault, default: 0] += 1
            return nil
        }
    }

    /// By its type, or for want of one by its beginning.
    private func isHTML(_ response: FetchResponse) -> Bool {
        guard let type = response.headers["content-type"]?.prefix(while: { $0 != ";" }), !type.isEmpty else {
            return response.body.first { $0 > 0x20 } == UInt8(ascii: "<")
        }
        let name = type.filter { !$0.isWhitespace }.lowercased()
        return name == "text/html" || name == "application/xhtml+xml"
    }

    private func result(_ task: PageTask, _ outcome: PageOutcome, _ fetched: FetchOutcome?) -> PageResult {
        let name =
            switch outcome {
            case .read: "read"
            case .redirect(let target): "redirect to \(target.url)"
            case .dropped(let reason): reason.rawValue
            case .retry(let reason, _): "again after " + reason.rawValue
            case .released: "released"
            }
        return PageResult(task: task, outcome: outcome, decisions: [Decision(.page, task.url, name, fetched)])
    }
}
