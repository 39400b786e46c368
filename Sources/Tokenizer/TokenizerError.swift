/// What went wrong with a merges file, in one line for the person at the terminal.
public struct TokenizerError: Error, CustomStringConvertible, Equatable {
    /// The kinds of failure.
    public enum Code: String, Sendable {
        /// No merges file where one was looked for.
        case mergesNotFound = "merges_not_found"
        /// The file cannot be read or is no gzip.
        case mergesUnreadable = "merges_unreadable"
        /// The file is not CLIP's list of merges.
        case mergesInvalid = "merges_invalid"
    }

    /// The kind of failure.
    public let code: Code
    /// The file concerned, what is wrong with it and what to do.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
