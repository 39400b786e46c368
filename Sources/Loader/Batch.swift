/// One training batch: pictures, token rows and the keys they came from, all in the same order.
public struct Batch: Sendable {
    /// Normalised pictures, contiguous NCHW float32: `count` × 3 × `imageSize` × `imageSize`.
    public var images: ContiguousArray<Float>
    /// The side of each square picture, in pixels.
    public var imageSize: Int
    /// Token ids, row-major `count` × `contextLength`: start token, text, end token, then zeros.
    public var tokens: ContiguousArray<Int32>
    /// Ids a row holds.
    public var contextLength: Int
    /// For each row, how many ids are real, start and end included (2...`contextLength`).
    public var lengths: ContiguousArray<Int32>
    /// The sample key of each row.
    public var keys: [String]

    /// Pairs in the batch.
    public var count: Int { keys.count }

    /// Wraps buffers that already have the shapes stated for each property.
    public init(
        images: ContiguousArray<Float>, imageSize: Int, tokens: ContiguousArray<Int32>, contextLength: Int,
        lengths: ContiguousArray<Int32>, keys: [String]
    ) {
        precondition(images.count == keys.count * 3 * imageSize * imageSize, "images are not N×3×S×S")
        precondition(tokens.count == keys.count * contextLength, "tokens are not N×context")
        precondition(lengths.count == keys.count, "one length a row")
        self.images = images
        self.imageSize = imageSize
        self.tokens = tokens
        self.contextLength = contextLength
        self.lengths = lengths
        self.keys = keys
    }
}
