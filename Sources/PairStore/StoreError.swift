/// What went wrong with a store, said for the person at the terminal.
public struct StoreError: Error, CustomStringConvertible, Sendable {
    /// The kind of failure; the raw value is a stable name.
    public enum Code: String, Sendable {
        /// The folder holds no store, or something that is none.
        case notAStore = "not_a_store"
        /// Another process writes to the store now.
        case inUse = "in_use"
        /// A newer program wrote the store.
        case newerStore = "newer_store"
        /// An earlier program wrote the store, and nothing has brought it up to date.
        case olderStore = "older_store"
        /// The store was made for another list, seed, cap or set of rules.
        case otherConfiguration = "other_configuration"
        /// Bytes that the catalogue claims are missing or changed.
        case damaged
        /// An operation of the file system failed.
        case inputOutput = "input_output"
        /// The catalogue refused an operation.
        case catalogue
        /// More was staged than the store holds before a commit.
        case stagingFull = "staging_full"
        /// An earlier commit failed in a way that only reopening can settle.
        case needsReopening = "needs_reopening"
        /// No such pair, shard or file.
        case notFound = "not_found"
        /// A value that the caller passed cannot be stored.
        case badArgument = "bad_argument"
        /// An archive is not one that the reader understands.
        case badArchive = "bad_archive"
    }

    /// The kind of failure.
    public let code: Code
    /// The store, file or value concerned.
    public let subject: String
    /// What happened, and what to do about it.
    public let detail: String
    /// The system's error number, where the system reported one.
    public let errorNumber: Int32?

    /// Makes an error; `subject` names the store, file or value.
    public init(_ code: Code, _ subject: String, _ detail: String, errorNumber: Int32? = nil) {
        self.code = code
        self.subject = subject
        self.detail = detail
        self.errorNumber = errorNumber
    }

    /// One line for a terminal.
    public var description: String { "\(subject): \(detail)" }
}
