/// Why a loader cannot open or go on, in one line for the person at the terminal.
public struct LoaderError: Error, CustomStringConvertible, Equatable {
    /// The kinds of failure.
    public enum Code: String, Sendable {
        /// A setting that no run can have.
        case badConfiguration = "bad_configuration"
        /// A pattern that matches no file.
        case noSuchFile = "no_such_file"
        /// A shard or store that cannot be read.
        case unreadable
        /// Not one sample in the sources.
        case noSamples = "no_samples"
        /// More samples were skipped than the configuration allows.
        case tooManySkipped = "too_many_skipped"
        /// A state that belongs to another snapshot or seed.
        case otherSnapshot = "other_snapshot"
        /// A batch that cannot be written.
        case cannotWrite = "cannot_write"
    }

    /// The kind of failure.
    public let code: Code
    /// The file or setting concerned, what is wrong and what to do.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
