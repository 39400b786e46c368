internal import Digest
internal import Dispatch
internal import Synchronization

/// Writes pairs of a store as WebDataset shards of their own: all or some, with their pictures as they are or made
/// over.
///
/// Pairs come in the order of their numbers, so equal stores, options and pictures give equal files. `export.json`
/// in the output says what is done; an export cut short goes on after its last whole shard.
public struct StoreExporter {
    /// A picture as it is to be written.
    public struct Picture: Sendable {
        /// The file.
        public var bytes: [UInt8]
        /// Its format and its member's extension.
        public var format: String
        /// Pixels across.
        public var width: Int
        /// Pixels down.
        public var height: Int

        /// Describes a picture; see the properties.
        public init(bytes: [UInt8], format: String, width: Int, height: Int) {
            (self.bytes, self.format, self.width, self.height) = (bytes, format, width, height)
        }
    }

    /// Makes a picture over; it runs on several threads at once. `nil` leaves the pair out.
    public typealias Change = @Sendable (PairRecord, [UInt8]) throws -> Picture?

    /// Which pairs are written.
    public var filter: PairFilter
    /// The part of the set that the filter chooses from.
    public var view: StoreView
    /// Makes pictures over, and how: the words stand in `export.json`, and another export does not go on from it.
    public var change: (name: String, body: Change)?
    /// A shard ends once it holds this much.
    public var maxShardBytes: Int64

    private let reader: StoreReader
    private static let pageRows = 256

    /// An export of everything in a store, pictures as they are.
    public init(_ reader: StoreReader) {
        self.reader = reader
        filter = PairFilter()
        view = .all
        maxShardBytes = StoreConfiguration.defaultMaxShardBytes
    }

    /// Writes into a folder that is new, empty, or holds the same export cut short.
    public func run(
        into folder: String, progress: (ExportReport) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> ExportReport {
        let output = try ExportFolder(folder, of: description, maxShardBytes)
        let selection = try view == .all ? nil : reader.selection(of: view)
        var after = output.report.last
        while !output.report.isComplete, !shouldStop() {
            let page = try reader.pairs(filter, after: after, limit: Self.pageRows)
            guard let last = page.last else {
                try output.finish()
                break
            }
            let chosen = page.filter { selection?.contains($0.id) ?? true }
            for (record, picture) in zip(chosen, try pictures(of: chosen)) {
                if let picture { try output.add(record, picture, queryTexts(record)) } else { output.skip() }
                try output.pass(record.id)
            }
            after = last.id
            progress(output.report)
        }
        return output.report
    }

    private var description: String {
        "\(reader.uuid)\(view.name) \(filter) \(change?.name ?? "as stored") \(maxShardBytes)"
    }

    private func queryTexts(_ record: PairRecord) throws -> [String] {
        try record.queries.map { try reader.queryText($0) ?? "" }
    }

    /// The pictures of some pairs, made over on all cores.
    private func pictures(of records: [PairRecord]) throws -> [Picture?] {
        let results = Mutex<[Result<Picture?, any Error>?]>(.init(repeating: nil, count: records.count))
        let (reader, change) = (reader, change?.body)
        DispatchQueue.concurrentPerform(iterations: records.count) { index in
            let record = records[index]
            let result = Result<Picture?, any Error> {
                let bytes = try reader.imageBytes(of: record)
                guard let change else {
                    return Picture(
                        bytes: bytes, format: record.format, width: record.width, height: record.height)
                }
                return try change(record, bytes)
            }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { try $0.map { try $0?.get() } }
    }
}

/// What an export has done.
public struct ExportReport: Sendable, Codable, Equatable {
    /// Pairs written.
    public var pairs = 0
    /// Pairs whose picture could not be made over.
    public var skipped = 0
    /// Whole shards written.
    public var shards = 0
    /// Bytes of pictures written.
    public var bytes: Int64 = 0
    /// The number of the last pair that was dealt with.
    public var last: Int64 = 0
    /// Whether everything is written; otherwise run it again.
    public var isComplete = false

    enum CodingKeys: String, CodingKey {
        case pairs, skipped, shards, bytes, last
        case isComplete = "complete"
    }
}
