/// What went wrong with a query list or a compiled bank, told to the person who named the file.
public struct QueryBankError: Error, CustomStringConvertible, Sendable {
    /// The kinds of trouble.
    public enum Code: String, Sendable {
        /// The file is not there or cannot be read.
        case cannotRead = "cannot_read"
        /// The file cannot be written.
        case cannotWrite = "cannot_write"
        /// The file is not what its name says: bad gzip data, bad JSON, not a list.
        case badFormat = "bad_format"
        /// The file exceeds a limit of this program.
        case tooLarge = "too_large"
        /// A compiled bank whose bytes are not those that were written.
        case damaged
        /// A compiled bank of another version of the format or of the normaliser.
        case otherVersion = "other_version"
    }

    /// The kind of trouble.
    public let code: Code
    /// One line that names the file and the remedy.
    public let description: String

    /// Makes an error from its kind and its line.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
