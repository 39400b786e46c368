public import Decode
import Foundation
public import PairStore

/// What to stream and how.
///
/// The order of samples depends on the sources, `split`, `seed` and the epoch alone. `batchSize` cuts it, `world` and
/// `rank` share each batch out, and `threads` and `prefetch` change nothing but speed and memory.
public struct LoaderConfiguration: Sendable {
    /// Where samples come from, one after another.
    public var sources: [LoaderSource]
    /// How often a source's samples come in each epoch, one number a source; empty means once each. With 2 every sample
    /// comes twice; with 0.25 a quarter of them comes, and others in each of the next three epochs.
    public var weights: [Double] = []
    /// Pairs in a global batch, over all ranks.
    public var batchSize: Int
    /// The side of the model's input, in pixels.
    public var imageSize = 224
    /// How pictures lie in a batch.
    public var pixels = PixelFormat.float32
    /// Ids in a token row.
    public var contextLength = 77
    /// Which square of the resized picture is used: `.random` in training, `.centre` otherwise.
    public var crop = ImageTransform.Crop.random
    /// Seeds the order and the crops.
    public var seed: UInt64 = 0
    /// Worker threads that read, decode and tokenise.
    public var threads = max(1, ProcessInfo.processInfo.activeProcessorCount)
    /// Batches in memory at once, those being made and those waiting, at least 1.
    public var prefetch = 3
    /// What becomes of an epoch's last batch when samples run out.
    public var lastBatch = LastBatch.drop
    /// This process's number among `world`, from 0.
    public var rank = 0
    /// Processes that share each global batch: rank r takes its rows r, r + world, r + 2·world …
    public var world = 1
    /// Which pairs of stores take part. Tar files have no claims, so they go with the whole set only.
    public var view = StoreView.all
    /// Which samples take part.
    public var split = Split.all
    /// The snapshot to stream again, from a `LoaderState`: a store that has grown since is read as it was then. `nil`
    /// takes stores as they are now.
    public var snapshot: String?
    /// Whether a snapshot is streamed although pairs of it are gone. The order is then another one.
    public var acceptsMissing = false
    /// Where a sample's caption is.
    public var caption = Caption.text
    /// What captions are put into, such as "a photo of {}"; of several, each sample draws one each epoch.
    public var prompts: [String] = []
    /// What is made of each sample.
    public var content = Content.pairs
    /// Skipped samples may be this share of those taken, with 16 more to begin with, before the run stops.
    public var maxSkippedShare = 0.05
    /// Bounds on pictures.
    public var limits = DecodeLimits.stored
    /// How sources that are URLs are reached and kept.
    public var remote = RemoteAccess()
    /// How far JPEGs may be reduced while they are decoded: faster, at a loss in exactness.
    public var reduction = JPEGReduction.none

    /// Streams the sources with the defaults stated for each property.
    public init(sources: [LoaderSource], batchSize: Int) {
        self.sources = sources
        self.batchSize = batchSize
    }

    /// The fate of an epoch's incomplete last batch.
    public enum LastBatch: String, Sendable, CaseIterable, Codable {
        /// It is left out.
        case drop
        /// It is given as it is.
        case keep
        /// It is filled with the epoch's first samples; `Batch.paddingCount` says how many.
        case pad
    }

    /// A part of the samples, by a hash of the key alone: it stays the same however the set grows.
    public enum Split: Sendable, Equatable {
        /// Every sample.
        case all
        /// All but the held-out share (0..<1).
        case training(holdout: Double)
        /// The held-out share (0..<1).
        case heldOut(Double)
    }

    /// The member that a caption is read from.
    public enum Caption: Sendable, Equatable {
        /// KEY.txt.
        case text
        /// A field of KEY.json: a string, or a list of strings of which each epoch draws one.
        case field(String)
    }

    /// What a batch holds beside keys.
    public enum Content: String, Sendable, CaseIterable, Codable {
        /// Pictures and tokens.
        case pairs
        /// Tokens only; pictures are not read.
        case texts
        /// The stored bytes, undecoded.
        case bytes
    }

    /// Throws `LoaderError` for values that no run can have.
    func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            if !holds { throw LoaderError(.badConfiguration, message) }
        }
        try require(!sources.isEmpty, "nothing to stream: name a store or a tar file")
        try require(
            weights.isEmpty || weights.count == sources.count,
            "\(weights.count) weights for \(sources.count) sources: give one for each, or none")
        for weight in weights {
            try require(weight > 0 && weight <= 1_000, "the weight \(weight) is not above 0 and at most 1000")
        }
        for prompt in prompts {
            try require(prompt.contains("{}"), "the prompt '\(prompt)' has no {} for the caption")
        }
        try require(batchSize >= 1, "batch size \(batchSize) is below 1")
        try require(imageSize >= 1 && imageSize <= 4096, "image size \(imageSize) is not in 1...4096")
        try require(
            contextLength >= 2 && contextLength <= 4096, "context length \(contextLength) is not in 2...4096")
        try require(threads >= 1 && threads <= 1024, "\(threads) threads are not in 1...1024")
        try require(prefetch >= 1, "prefetch \(prefetch) is below 1")
        try require(world >= 1 && (0..<world).contains(rank), "rank \(rank) is not in 0..<\(world)")
        try require(maxSkippedShare >= 0, "the skipped share \(maxSkippedShare) is negative")
        switch split {
        case .all: break
        case .training(let share), .heldOut(let share):
            try require((0..<1).contains(share), "the held-out share \(share) is not in 0..<1")
        }
    }
}
