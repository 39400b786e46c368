internal import Fetch

/// What the crawl's loop waits for.
enum CrawlEvent: Sendable {
    /// A site's manners are known: asked for, or kept from an earlier run.
    case robots(Politeness.Turn, RobotsReply)
    /// The request of a turn has ended.
    case transferred(AskedJob, FetchOutcome)
    /// It is in the WARC files.
    case kept(AskedJob, FetchOutcome)
    /// An answer of so many bytes was looked at.
    case processed(Site?, bytes: Int, Processed)
    /// Tasks of a host were loaded.
    case loaded(Backlog.Load, TaskSlice)
    /// Candidates of an import were read; nil when all were.
    case read(FeedBatch?)
    /// They are in the frontier.
    case fed(Fed)
    /// Hosts with work after a place, and, when there is none at all, when the next task is due.
    case scanned([WaitingHost], after: Int64, due: Int64?)
    /// Results are in the frontier.
    case recorded(GroupCommitter.Report)
    /// Pairs are in the store, and their outcomes in the frontier.
    case committed(GroupCommitter.Report)
    /// A host was given up, or tasks were given back.
    case noted
    /// It is time to look around.
    case tick(ContinuousClock.Instant)
    /// The frontier, the store, an input or the disk failed: the run ends with that.
    case failed(any Error)
}

/// A job whose turn it is, and where and how it is asked for. A class, for it is handed on from thread to thread.
final class AskedJob: Sendable {
    let turn: Politeness.Turn
    let job: Backlog.Job
    let url: WebURL
    let rules: RobotsRules
    let request: FetchRequest

    init(
        _ job: Backlog.Job, _ turn: Politeness.Turn, _ url: WebURL, _ rules: RobotsRules,
        _ request: FetchRequest
    ) {
        (self.job, self.turn, self.url, self.rules, self.request) = (job, turn, url, rules, request)
    }
}

/// Candidates of an import that the frontier has taken in.
struct Fed: Sendable {
    var report: GroupCommitter.Report
    /// Pictures that came with them and are wanted.
    var pictures: [SuppliedImage]
    /// How far the input is done once they are; nil when that was written already.
    var mark: InputMark?
    var isMarked: Bool
}

/// A picture that came with its candidates.
struct SuppliedImage: Sendable {
    let task: ImageTask
    let picture: FeedPicture
}

/// What came of looking at an answer, or at a picture that the store has.
enum Processed: Sendable {
    case page(PageResult)
    case image(ImageStep)
    /// The store no longer has a picture that was fetched before.
    case imageGone(ImageJob)
}
