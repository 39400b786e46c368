/// Why a picture was not decoded.
public struct DecodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure; the raw value is the stable name under which an item is counted as dropped.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The bytes are no JPEG, PNG, WebP or GIF.
        case unknownFormat = "unknown_format"
        /// The bytes end before the picture does.
        case truncated
        /// The bytes break their format.
        case corrupt
        /// The format is known, this variant of it is not decoded.
        case unsupported = "unsupported_variant"
        /// The file is larger than allowed.
        case tooManyBytes = "too_many_bytes"
        /// The header announces more pixels than allowed.
        case tooManyPixels = "too_many_pixels"
        /// A JPEG with more scans than allowed.
        case tooManyScans = "too_many_scans"
        /// The codec needs more memory than allowed.
        case outOfMemory = "decode_out_of_memory"
    }

    /// The kind of failure.
    public let code: Code
    /// The format, where it was recognised.
    public let format: ImageFormat?
    private let detail: String

    init(_ code: Code, _ format: ImageFormat?, _ detail: String? = nil) {
        self.code = code
        self.format = format
        self.detail = detail ?? code.meaning
    }

    /// One line for a person at a terminal.
    public var description: String {
        let name = format.map { "this \($0)" } ?? "this picture"
        return "\(name) cannot be decoded (\(code.rawValue)): \(detail)"
    }
}

extension DecodeError.Code {
    fileprivate var meaning: String {
        switch self {
        case .unknownFormat: "it is no JPEG, PNG, WebP or GIF"
        case .truncated: "the file ends before the picture does; fetch it again"
        case .corrupt: "the data is damaged"
        case .unsupported: "the codec does not know this variant"
        case .tooManyBytes: "the file is larger than allowed"
        case .tooManyPixels: "more pixels than allowed"
        case .tooManyScans: "more scans than allowed"
        case .outOfMemory: "more memory needed than allowed"
        }
    }
}
