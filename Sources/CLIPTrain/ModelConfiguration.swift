/// The shape of a CLIP model; its JSON is OpenCLIP's model configuration.
public struct ModelConfiguration: Codable, Sendable, Equatable {
    /// Width of the space that pictures and texts share.
    public var embedDimension: Int
    /// QuickGELU as in the paper's released models, or GELU.
    public var usesQuickGELU: Bool
    /// The image tower.
    public var vision: Vision
    /// The text tower.
    public var text: Text

    /// The image tower: a vision transformer or the modified ResNet.
    public struct Vision: Codable, Sendable, Equatable {
        /// Side of the square pictures, in pixels.
        public var imageSize: Int
        /// Width of the transformer, or of the ResNet's stem.
        public var width: Int
        /// What is specific to each kind of tower.
        public var tower: Tower
        /// Width of one attention head (of the attention pooling for a ResNet).
        public var headWidth: Int
        /// Width of an MLP relative to its block.
        public var mlpRatio: Double

        /// Describes an image tower.
        public init(imageSize: Int, width: Int, tower: Tower, headWidth: Int = 64, mlpRatio: Double = 4) {
            self.imageSize = imageSize
            self.width = width
            self.tower = tower
            self.headWidth = headWidth
            self.mlpRatio = mlpRatio
        }
    }

    /// The kinds of image tower.
    public enum Tower: Sendable, Equatable {
        /// A transformer of `layers` blocks over patches of `patchSize` × `patchSize` pixels.
        case transformer(layers: Int, patchSize: Int)
        /// A ResNet with that many bottleneck blocks in each of its four stages.
        case resNet(blocks: [Int])
    }

    /// The text tower, a causal transformer.
    public struct Text: Codable, Sendable, Equatable {
        /// Most tokens of a text, start and end included.
        public var contextLength: Int
        /// Entries of the token table.
        public var vocabularySize: Int
        /// Width of the transformer.
        public var width: Int
        /// Attention heads.
        public var heads: Int
        /// Blocks.
        public var layers: Int
        /// Width of an MLP relative to its block.
        public var mlpRatio: Double

        /// Describes a text tower.
        public init(
            contextLength: Int = 77, vocabularySize: Int = 49_408, width: Int, heads: Int, layers: Int,
            mlpRatio: Double = 4
        ) {
            self.contextLength = contextLength
            self.vocabularySize = vocabularySize
            self.width = width
            self.heads = heads
            self.layers = layers
            self.mlpRatio = mlpRatio
        }
    }

    /// Describes a model.
    public init(embedDimension: Int, usesQuickGELU: Bool, vision: Vision, text: Text) {
        self.embedDimension = embedDimension
        self.usesQuickGELU = usesQuickGELU
        self.vision = vision
        self.text = text
    }

    /// Throws a `CLIPTrainError` that names the first size that cannot work.
    public func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            if !holds { throw CLIPTrainError(.model, "the model configuration cannot work: \(message)") }
        }
        // Bounds of what a file may ask for; the paper's largest models stay far below.
        let sizes = [
            ("embed_dim", embedDimension, 1 << 16), ("vision image_size", vision.imageSize, 1 << 13),
            ("vision width", vision.width, 1 << 16), ("vision head_width", vision.headWidth, 1 << 16),
            ("text context_length", text.contextLength, 1 << 16), ("text width", text.width, 1 << 16),
            ("text vocab_size", text.vocabularySize, 1 << 24), ("text heads", text.heads, 1 << 12),
            ("text layers", text.layers, 1 << 10),
        ]
        for (name, size, most) in sizes {
            try require(1...most ~= size, "\(name) is \(size), it must be 1 to \(most)")
        }
        for ratio in [vision.mlpRatio, text.mlpRatio] {
            try require(0.1...64 ~= ratio, "mlp_ratio is \(ratio), it must be 0.1 to 64")
        }
        try require(
            text.width % text.heads == 0, "text width \(text.width) does not split into \(text.heads) heads")
        switch vision.tower {
        case .transformer(let layers, let patch):
            try require(1...1024 ~= layers, "vision layers is \(layers)")
            try require(
                patch > 0 && vision.imageSize % patch == 0,
                "patches of \(patch) do not tile pictures of \(vision.imageSize)")
            try require(
                vision.width % vision.headWidth == 0,
                "vision width \(vision.width) does not split into heads of \(vision.headWidth)")
        case .resNet(let blocks):
            try require(blocks.count == 4 && blocks.allSatisfy { 1...256 ~= $0 }, "a ResNet has four stages")
            try require(vision.imageSize % 32 == 0, "a ResNet needs pictures that are a multiple of 32 wide")
            try require(vision.width % 2 == 0 && vision.width * 32 % vision.headWidth == 0, "vision width")
        }
    }
}
