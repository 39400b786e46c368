/// What ends a crawl; what fails for one page or picture is counted instead.
public struct CrawlerError: Error, CustomStringConvertible, Sendable {
    /// The kinds of failure.
    public enum Code: String, Sendable {
        /// A seed is no http or https address.
        case badSeed = "bad_seed"
        /// A setting makes no sense.
        case badConfiguration = "bad_configuration"
        /// The user agent names no contact, and a seed is not on this machine.
        case contactMissing = "contact_missing"
        /// No seed could be reached at all.
        case unreachable
        /// A file to import cannot be read, or does not hold what it should.
        case input
        /// The files that a crawl's exchanges are written to cannot be.
        case archive
        /// `crawl.sqlite` cannot be used.
        case frontier
    }

    /// The kind of failure.
    public let code: Code
    private let subject: String
    private let problem: String

    init(_ code: Code, _ subject: String, _ problem: String) {
        self.code = code
        self.subject = subject
        self.problem = problem
    }

    /// One line for a person at a terminal.
    public var description: String { "\(subject): \(problem)" }
}
