import Foundation

/// CLIP's tokenizer: caption in, ids of the 49,408-entry vocabulary out, equal to OpenCLIP's for its default
/// cleaning, except that a caption can never produce the two special ids.
public struct CLIPTokenizer: Sendable {
    /// The id that begins every row, in CLIP's vocabulary.
    public static let startToken: Int32 = 49_406
    /// The id that ends every text in CLIP's vocabulary; CLIP reads the text feature there.
    public static let endToken: Int32 = 49_407
    /// Ids in CLIP's vocabulary: 512 byte symbols, 48,894 merges, two special ids.
    public static let vocabularySize = 49_408
    /// Ids a row of CLIP's models holds.
    public static let contextLength = 77

    private let encoder: BytePairEncoder

    /// Ids in the vocabulary that was read; `vocabularySize` for CLIP's.
    public var size: Int { encoder.count + 2 }
    /// The id that begins every row.
    public var startID: Int32 { Int32(encoder.count) }
    /// The id that ends every text.
    public var endID: Int32 { Int32(encoder.count + 1) }

    /// Whether an id can only stand at the end of a word.
    public func endsWord(_ id: Int32) -> Bool { encoder.endsWord(id) }

    /// Reads the merges from a file, gzip or plain: CLIP's, or one that `VocabularyTrainer` made.
    ///
    /// - Throws: `TokenizerError` if the file is missing, damaged or neither.
    public init(merges path: String) throws {
        encoder = try BytePairEncoder(merges: MergesFile.read(path), path: path)
    }

    /// Reads the merges from `defaultMergesPath()`.
    ///
    /// - Throws: `TokenizerError` that names the places looked in.
    public init() throws {
        guard let path = Self.defaultMergesPath() else {
            let places = MergesFile.searchPath(environment: ProcessInfo.processInfo.environment)
            throw TokenizerError(
                .mergesNotFound,
                "CLIP's merges file is not at \(places.joined(separator: " or ")): run scripts/setup or set WIT_MERGES"
            )
        }
        try self.init(merges: path)
    }

    /// Where the merges file is: `WIT_MERGES`, else `share/wit/` beside the binary, else `~/.cache/wit/` (or
    /// `XDG_CACHE_HOME`), where `scripts/setup` puts it; `nil` if it is in none of them.
    public static func defaultMergesPath() -> String? {
        MergesFile.locate(environment: ProcessInfo.processInfo.environment)
    }

    /// The ids of a caption after cleaning, without the start and end ids.
    public func encode(_ text: String) -> [Int32] {
        var ids: [Int32] = []
        var text = text
        text.withUTF8 { bytes in
            if let words = PlainText(bytes) {
                words.forEach { encoder.encode($0, into: &ids) }
            } else {
                let cleaned = CaptionCleaner.clean(String(decoding: bytes, as: UTF8.self))
                WordSplitter.forEachWord(of: cleaned) { encoder.encode($0, into: &ids) }
            }
        }
        return ids
    }

    /// Writes one row of model input: start id, text, end id, zeros.
    ///
    /// A text that is too long is cut and still ends in the end id.
    /// - Parameters:
    ///   - contextLength: Ids in the row, at least 2.
    ///   - row: Room for at least `contextLength` ids; exactly that many are written.
    /// - Returns: How many ids are real, start and end included (2...`contextLength`).
    public func row(
        _ text: String, contextLength: Int = CLIPTokenizer.contextLength,
        into row: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        precondition(contextLength >= 2 && row.count >= contextLength, "a row needs room for its context")
        let ids = encode(text).prefix(contextLength - 2)
        row[0] = startID
        for (index, id) in ids.enumerated() { row[index + 1] = id }
        row[ids.count + 1] = endID
        for index in ids.count + 2..<max(contextLength, ids.count + 2) { row[index] = 0 }
        return ids.count + 2
    }
}
