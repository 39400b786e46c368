/// One training batch: pictures, token rows and the keys they came from, all in the same order.
public struct Batch: Sendable {
    /// The pictures, contiguous NCHW: `count` × 3 × `imageSize` × `imageSize`, as `LoaderConfiguration.pixels` says.
    public var images: BatchImages
    /// The side of each square picture, in pixels; 0 where no pictures were asked for.
    public var imageSize: Int
    /// Token ids, row-major `count` × `contextLength`: start token, text, end token, then zeros.
    public var tokens: ContiguousArray<Int32>
    /// Ids a row holds; 0 where no tokens were asked for.
    public var contextLength: Int
    /// For each row, how many ids are real, start and end included (2...`contextLength`).
    public var lengths: ContiguousArray<Int32>
    /// The sample key of each row.
    public var keys: [String]
    /// The stored bytes of each row, only with `LoaderConfiguration.Content.bytes`.
    public var encoded: [EncodedPair] = []
    /// Rows at the end that repeat other samples of the epoch to fill its last batch.
    public var paddingCount = 0
    /// The epoch it belongs to, from 0.
    public var epoch = 0
    /// Its number among the epoch's global batches, from 0.
    public var index = 0
    /// Bytes read from shards to make it.
    public var bytesRead: Int64 = 0

    /// Pairs in the batch, padding included. Fewer than asked for where samples had to be skipped; 0 is possible.
    public var count: Int { keys.count }

    /// Wraps normalised float32 pictures and buffers that already have the shapes stated for each property.
    public init(
        images: ContiguousArray<Float>, imageSize: Int, tokens: ContiguousArray<Int32>, contextLength: Int,
        lengths: ContiguousArray<Int32>, keys: [String]
    ) {
        self.init(
            BatchImages(images), imageSize: imageSize, tokens: tokens, contextLength: contextLength,
            lengths: lengths, keys: keys)
    }

    init(
        _ images: BatchImages, imageSize: Int, tokens: ContiguousArray<Int32>, contextLength: Int,
        lengths: ContiguousArray<Int32>, keys: [String]
    ) {
        precondition(images.count == keys.count * 3 * imageSize * imageSize, "images are not N×3×S×S")
        precondition(tokens.count == keys.count * contextLength, "tokens are not N×context")
        precondition(contextLength == 0 || lengths.count == keys.count, "one length a row")
        self.images = images
        self.imageSize = imageSize
        self.tokens = tokens
        self.contextLength = contextLength
        self.lengths = lengths
        self.keys = keys
    }
}

/// A pair as its shard holds it.
public struct EncodedPair: Sendable, Equatable {
    /// The picture's file; like the caption a part of what was read of the shard, which is not copied.
    public var image: ArraySlice<UInt8>
    /// The caption, UTF-8.
    public var text: ArraySlice<UInt8>
}
