internal import Decode
internal import Digest
internal import Fetch
internal import Foundation
internal import PairStore
internal import QueryBank

/// What a picture is wanted for, and what became of that so far.
struct ImageClaim: Sendable {
    let task: ImageTask
    /// Candidates that balance has room for, as of the last time it was asked.
    private(set) var wanted: [WantedCandidate]
    private(set) var fates: [CandidateKey: CandidateFate] = [:]
    var decisions: [Decision] = []

    init(_ task: ImageTask) {
        self.task = task
        wanted = task.candidates
    }

    /// Keeps the candidates that balance may still have room for.
    mutating func askBalance(_ context: CrawlContext) {
        for candidate in wanted where !context.mayClaim(candidate, of: task.url) {
            fates[candidate.key] = .refusedBeforeFetch
        }
        wanted.removeAll { fates[$0.key] != nil }
    }

    /// The result so far.
    func result(_ outcome: ImageOutcome) -> ImageResult {
        ImageResult(task: task, outcome: outcome, fates: fates, decisions: decisions)
    }
}

/// A picture on its way: what it is wanted for, and the address it is looked for at after redirects.
struct ImageJob: Sendable {
    var claim: ImageClaim
    var url: WebURL
    var hops = 0
    /// The store no longer has it, so it must be fetched.
    var mustFetch = false

    init?(_ task: ImageTask) {
        guard let url = WebURL(task.url) else { return nil }
        claim = ImageClaim(task)
        self.url = url
    }

    var task: ImageTask { claim.task }
    var isWanted: Bool { !claim.wanted.isEmpty }

    mutating func askBalance(_ context: CrawlContext) { claim.askBalance(context) }

    func result(_ outcome: ImageOutcome) -> ImageResult { claim.result(outcome) }
}

/// A picture that may be kept: its pairs wait for the store's commit, which decides.
struct FetchedImage: Sendable {
    var result: ImageResult
    var pairs: [NewPair]
    /// The candidates' names, in the order of the pairs.
    let keys: [CandidateKey]
    let bytes: Int
}

/// What follows an answer to a request for a picture.
enum ImageStep: Sendable {
    /// It is somewhere else.
    case hop(ImageJob)
    case done(ImageResult)
    case fetched(FetchedImage)
}

/// Makes pairs of the answer to a request for a picture.
struct ImageProcessor: Sendable {
    let context: CrawlContext

    static let accept = "image/jpeg,image/png,image/webp,image/gif,image/*;q=0.3"
    static let maxHops = 5

    /// The request for a picture.
    func request(_ job: ImageJob) -> FetchRequest {
        FetchRequest(
            url: job.url.canonical, accept: Self.accept, maxBodyBytes: context.configuration.filters.maxBytes)
    }

    /// The result of a picture that is left out before it is asked for.
    func refused(_ job: ImageJob, _ reason: DropReason) -> ImageResult { done(job, .dropped(reason), nil) }

    /// What follows from an answer. Decodes: to be called on a thread that may be kept busy.
    func process(_ job: ImageJob, _ outcome: FetchOutcome, _ rules: RobotsRules) -> ImageStep {
        switch outcome {
        case .failure(let failure):
            switch failure.reason {
            case .cancelled, .shutDown: return .done(job.result(.released))
            default: return .done(failed(job, failure.reason.rawValue, outcome))
            }
        case .response(let response):
            switch response.status {
            case 200..<300: return take(job, response, rules)
            case 300..<400: return redirect(job, response)
            default: return .done(failed(job, DropReason.status(response.status), outcome))
            }
        }
    }

    /// What follows when the store has the picture's bytes already.
    func process(_ job: ImageJob, stored bytes: [UInt8]) -> ImageStep {
        settle(job.claim, context.inspector.inspect(stored: bytes), at: Date()) { done(job, $0, nil) }
    }

    /// What follows when the picture came with its candidates. Decodes as well. What its address gave the first time
    /// stays what it is, if the store has it.
    func process(_ task: ImageTask, supplied picture: FeedPicture) throws -> ImageStep {
        var claim = ImageClaim(task)
        claim.askBalance(context)
        if claim.wanted.isEmpty { return .done(claim.result(.unwanted)) }
        if let wish = picture.optOut {
            return .done(done(claim, task.url, .dropped(.image(DropReason.optOut(wish))), nil))
        }
        let fetched = Date(timeIntervalSince1970: Double(picture.fetchedAt) / 1_000)
        let known = try task.sha256.flatMap { try context.store.imageBytes(sha256: $0) }
        let inspected =
            known.map(context.inspector.inspect(stored:)) ?? context.inspector.inspect(picture.bytes)
        return settle(claim, inspected, at: fetched) { done(claim, task.url, $0, nil) }
    }

    private func failed(_ job: ImageJob, _ name: String, _ outcome: FetchOutcome) -> ImageResult {
        let reason = DropReason.image(name)
        guard outcome.isTransient else { return done(job, .dropped(reason), outcome) }
        let wait = context.waitMilliseconds(tries: job.task.tries, outcome)
        return done(job, .retry(reason, afterMilliseconds: wait), outcome)
    }

    private func redirect(_ job: ImageJob, _ response: FetchResponse) -> ImageStep {
        let target = response.redirectTarget.flatMap { WebURL($0) }
        guard let target, job.hops < Self.maxHops, target.canonical != job.url.canonical else {
            return .done(done(job, .dropped(.imageRedirects), .response(response)))
        }
        if let fault = context.policy.fault(ofImage: target) {
            return .done(done(job, .dropped(fault), .response(response)))
        }
        var job = job
        job.claim.decisions.append(
            Decision(.image, job.url.canonical, "redirect to \(target.canonical)", .response(response)))
        job.url = target
        job.hops += 1
        return .hop(job)
    }

    private func take(_ job: ImageJob, _ response: FetchResponse, _ rules: RobotsRules) -> ImageStep {
        if let wish = context.optOuts(response, job.url, rules).againstPicture {
            return .done(done(job, .dropped(.image(DropReason.optOut(wish))), .response(response)))
        }
        return settle(job.claim, context.inspector.inspect(response.body), at: Date()) {
            done(job, $0, .response(response))
        }
    }

    private func settle(
        _ claim: ImageClaim, _ inspected: Result<InspectedImage, Dropped>, at time: Date,
        result: (ImageOutcome) -> ImageResult
    ) -> ImageStep {
        switch inspected {
        case .failure(let drop): return .done(result(.dropped(drop.reason)))
        case .success(let image):
            let pairs = claim.wanted.map { pair($0, image, url: claim.task.url, at: time) }
            return .fetched(
                FetchedImage(
                    result: result(.settled(image.sha256)), pairs: pairs, keys: claim.wanted.map(\.key),
                    bytes: image.bytes.count))
        }
    }

    private func pair(
        _ candidate: WantedCandidate, _ image: InspectedImage, url: String, at time: Date
    ) -> NewPair {
        NewPair(
            imageURL: url, text: candidate.text, textSource: candidate.source.rawValue,
            pageURL: candidate.pageURL,
            image: image.bytes, format: image.format.rawValue, width: image.width, height: image.height,
            sha256: image.sha256, phash: image.phash?.bits ?? 0,
            phashAlgorithm: image.phash == nil ? "" : PerceptualHash.algorithm, fetchedAt: time,
            queries: candidate.queries, licence: candidate.licence,
            language: WrittenLanguage.tag(of: candidate.text, stated: candidate.language),
            extra: candidate.extra)
    }

    private func done(_ job: ImageJob, _ outcome: ImageOutcome, _ fetched: FetchOutcome?) -> ImageResult {
        done(job.claim, job.url.canonical, outcome, fetched)
    }

    private func done(
        _ claim: ImageClaim, _ address: String, _ outcome: ImageOutcome, _ fetched: FetchOutcome?
    ) -> ImageResult {
        let name =
            switch outcome {
            case .settled(let digest): "picture \(digest.hex)"
            case .unwanted: "unwanted"
            case .dropped(let reason): reason.rawValue
            case .retry(let reason, _): context.retryName(reason, tries: claim.task.tries)
            case .released: "released"
            }
        var result = claim.result(outcome)
        result.decisions.append(Decision(.image, address, name, fetched))
        return result
    }
}
