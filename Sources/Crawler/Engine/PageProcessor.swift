internal import Digest
internal import Fetch

/// Makes a page's result of the answer to its request.
struct PageProcessor: Sendable {
    let context: CrawlContext

    static let accept = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"

    static let sitemapAccept =
        "application/xml,text/xml;q=0.9,application/gzip;q=0.9,text/plain;q=0.5,*/*;q=0.1"

    /// The request for a page, or for a part of a sitemap.
    func request(_ task: PageTask) -> FetchRequest {
        FetchRequest(
            url: task.url, accept: task.isSitemap ? Self.sitemapAccept : Self.accept,
            maxBodyBytes: task.isSitemap ? Sitemap.maxBytes : context.configuration.maxPageBytes,
            overflow: .truncate, ifNoneMatch: task.entityTag, ifModifiedSince: task.lastModified)
    }

    /// The result of a page that robots.txt forbids.
    func refused(_ task: PageTask, _ fault: String) -> PageResult {
        result(task, .dropped(reason(task, fault)), nil)
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
            case 200..<300 where task.isSitemap: return sitemap(task, url, response)
            case 200..<300: return read(task, url, response, rules)
            case 304 where task.isConditional: return result(task, .unchanged, outcome)
            case 300..<400: return redirect(task, response)
            default: return failed(task, DropReason.status(response.status), outcome)
            }
        }
    }

    private func failed(_ task: PageTask, _ name: String, _ outcome: FetchOutcome) -> PageResult {
        let reason = reason(task, name)
        guard outcome.isTransient else { return result(task, .dropped(reason), outcome) }
        let wait = context.waitMilliseconds(tries: task.tries, outcome)
        return result(task, .retry(reason, afterMilliseconds: wait), outcome)
    }

    private func reason(_ task: PageTask, _ name: String) -> DropReason {
        task.isSitemap ? .sitemap(name) : .page(name)
    }

    private func sitemap(_ task: PageTask, _ url: WebURL, _ response: FetchResponse) -> PageResult {
        let sitemap = Sitemap(response.body, base: url)
        var drops: [DropReason: Int] = [:]
        let urls = follow(sitemap.urls.map { PageLink(url: $0, queued: QueuedURL($0)) }, &drops)
        var result = result(task, .sitemap(urls, isIndex: sitemap.isIndex), .response(response))
        result.drops = drops
        return result
    }

    private func redirect(_ task: PageTask, _ response: FetchResponse) -> PageResult {
        let target = response.redirectTarget.flatMap { WebURL($0) }
        guard let target, target.canonical != task.url else {
            return result(task, .dropped(reason(task, "redirects")), .response(response))
        }
        if task.depth == 0, !task.isSitemap { context.policy.welcome(target) }
        if let fault = context.policy.fault(ofPage: target) {
            return result(task, .dropped(fault), .response(response))
        }
        return result(task, .redirect(QueuedURL(target)), .response(response))
    }

    private func read(
        _ task: PageTask, _ url: WebURL, _ response: FetchResponse, _ rules: RobotsRules
    ) -> PageResult {
        guard response.isHTML else { return result(task, .dropped(.pageNotHTML), .response(response)) }
        var (page, wishes, harvest, drops) = context.look(at: response, url, rules)
        harvest.entityTag = response.entityTag
        harvest.lastModified = response.lastModified
        if !response.body.isEmpty {
            harvest.digest = Int64(bitPattern: SHA256Digest(of: response.body).firstWord >> 1)
        }
        if wishes.againstLinks != nil {
            drops[.linkNofollow, default: 0] += page.links.count
        } else {
            harvest.links = follow(page.links, &drops)
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

    private func result(_ task: PageTask, _ outcome: PageOutcome, _ fetched: FetchOutcome?) -> PageResult {
        let name =
            switch outcome {
            case .read: "read"
            case .unchanged: "unchanged"
            case .sitemap(let urls, _): "\(urls.count) addresses"
            case .redirect(let target): "redirect to \(target.url)"
            case .dropped(let reason): reason.rawValue
            case .retry(let reason, _): context.retryName(reason, tries: task.tries)
            case .released: "released"
            }
        let subject = task.isSitemap ? Decision.Subject.sitemap : .page
        return PageResult(
            task: task, outcome: outcome, decisions: [Decision(subject, task.url, name, fetched)])
    }
}
