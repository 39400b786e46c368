internal import Digest
internal import Foundation
internal import PairStore

/// The samples of WebDataset shards as candidates that bring their pictures.
final class ShardFeed: CandidateFeed {
    private let context: CrawlContext
    private let kept: [String]
    private let marks: [String: InputMark]
    private var waiting: [String]
    private var open: Open?

    private struct Open {
        var samples: ShardSamples
        let name: String
        /// What provides for samples without a page, licence and language.
        let origin: CandidateOrigin
        let id: String?
    }

    /// Samples are taken together up to so many of them, or so many bytes of pictures.
    private static let maxSamples = 1_024
    private static let maxBytes = 8 << 20

    /// - Parameter marks: how far earlier runs came, by input.
    init(_ paths: [String], keeping kept: [String], _ context: CrawlContext, marks: [String: InputMark]) {
        (self.context, self.kept, self.marks, waiting) = (context, kept, marks, paths)
    }

    func next() throws -> FeedBatch? {
        while open == nil {
            guard !waiting.isEmpty else { return nil }
            open = try open(waiting.removeFirst())
        }
        var batch = FeedBatch()
        do {
            var bytes = 0
            while batch.rows < Self.maxSamples, bytes < Self.maxBytes {
                guard let sample = try open?.samples.next(), let open else {
                    finish(&batch)
                    return batch
                }
                batch.rows += 1
                switch try offer(sample, open) {
                case .failure(let drop): batch.drops[drop.reason, default: 0] += 1
                case .success((let offer, let picture)):
                    bytes += picture.count
                    batch.offers.append(offer)
                    batch.pictures[offer.candidate.image.id] = FeedPicture(
                        bytes: picture, fetchedAt: WallClock.milliseconds())
                }
            }
            batch.mark = mark(isDone: false)
        } catch let error as StoreError where error.code == .badArchive {
            batch.drops[.shardDamaged, default: 0] += 1
            finish(&batch)
        }
        return batch
    }

    private func finish(_ batch: inout FeedBatch) {
        batch.mark = mark(isDone: true)
        open = nil
    }

    private func mark(isDone: Bool) -> InputMark? {
        guard let open, let id = open.id else { return nil }
        return InputMark(id: id, name: open.name, position: open.samples.position, isDone: isDone)
    }

    private func open(_ path: String) throws -> Open? {
        let part = context.configuration.partition.map { " \($0)" } ?? ""
        let id = try InputFile.identity(path, manner: "shard" + part)
        let known = id.flatMap { marks[$0] }
        if known?.isDone == true { return nil }
        let samples = try ShardSamples(path, from: known?.position ?? 0)
        let name = URL(fileURLWithPath: path).lastPathComponent
        return Open(samples: samples, name: name, origin: CandidateOrigin(list: name), id: id)
    }

    /// The candidate that a sample is, with its picture, or why it is none.
    private func offer(_ sample: ShardSample, _ open: Open) throws -> Result<(FeedOffer, [UInt8]), Dropped> {
        guard let picture = sample.member(ShardInspector.pictureExtensions) else {
            return .failure(Dropped(.rowNoPicture))
        }
        guard picture.size <= context.configuration.filters.maxBytes else {
            return .failure(Dropped(.imageTooManyBytes))
        }
        let row = try open.samples.row(of: sample, keeping: kept)
        guard let url = WebURL(row.url.trimmed) else {
            let bytes = try open.samples.bytes(of: picture)
            let image = QueuedURL(naming: SHA256Digest(of: bytes))
            return context.curator.candidate(unaddressed: image, texts: row.rankedTexts).flatMap {
                $0.keeping(row.extra)
            }.map { (FeedOffer(candidate: $0, origin: row.origin(list: open.origin)), bytes) }
        }
        // Texts that match nothing are the common case: the picture is read after them.
        let candidate = context.curator.candidate(ImageOffer(url: url, texts: row.rankedTexts))
        switch candidate.flatMap({ $0.keeping(row.extra) }) {
        case .failure(let drop): return .failure(drop)
        case .success(let candidate):
            let offer = FeedOffer(candidate: candidate, origin: row.origin(list: open.origin))
            return .success((offer, try open.samples.bytes(of: picture)))
        }
    }
}
