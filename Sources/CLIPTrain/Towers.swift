/// What a forward pass is for.
enum ForwardMode: Sendable {
    /// Batch normalisation uses the batch and moves its running statistics.
    case train
    /// As `train` for a batch that was seen before: the running statistics stay.
    case recompute
    /// Batch normalisation uses the running statistics.
    case evaluate
}

/// A tower that turns normalised pictures into features.
@TensorActor
protocol ImageTower {
    /// Features (count × embed) of pictures (count × 3 × side × side).
    func callAsFunction(_ images: Tensor, _ mode: ForwardMode) throws -> Tensor
}

/// The vision transformer, with an extra layer norm before its blocks.
@TensorActor
struct VisionTransformer: ImageTower {
    let patchSize: Int
    let grid: Int
    let patchWeight: Parameter
    let classEmbedding: Parameter
    let positions: Parameter
    let entryNorm: LayerNorm
    let transformer: Transformer
    let exitNorm: LayerNorm
    let projection: Parameter

    init(_ scope: ParameterScope, _ model: ModelConfiguration, layers: Int, patchSize: Int, recomputed: Bool)
    {
        let vision = model.vision
        let width = vision.width
        let deviation = InitialValue.normal(deviation: 1 / Double(width).squareRoot())
        self.patchSize = patchSize
        grid = vision.imageSize / patchSize
        classEmbedding = scope.declare("class_embedding", [width], deviation, role: .precise)
        positions = scope.declare(
            "positional_embedding", [grid * grid + 1, width], deviation, role: .precise)
        projection = scope.declare("proj", [width, model.embedDimension], deviation)
        // The paper says nothing of this one; PyTorch's default, as in OpenAI's code.
        patchWeight = scope.declare(
            "conv1.weight", [width, 3, patchSize, patchSize],
            .uniform(bound: 1 / Double(3 * patchSize * patchSize).squareRoot()))
        entryNorm = LayerNorm(scope.part("ln_pre"), width: width)
        transformer = Transformer(
            scope.part("transformer"),
            shape: TransformerShape(
                width: width, layers: layers, heads: width / vision.headWidth, mlpRatio: vision.mlpRatio,
                activation: model.usesQuickGELU ? .quickGELU : .gelu, causal: false,
                recomputed: recomputed))
        exitNorm = LayerNorm(scope.part("ln_post"), width: width)
    }

    func callAsFunction(_ images: Tensor, _ mode: ForwardMode) throws -> Tensor {
        let count = images.shape[0]
        let width = patchWeight.shape[0]
        let tokens = grid * grid + 1
        let patches = try patchRows(images).linear(weight: patchWeight.working.reshaped([width, -1]))
        let type = patches.type
        let first = try classEmbedding.working.converted(to: type).expanded([count, 1, width])
        let embedded = try Tensor.concatenated(
            [first, patches.reshaped([count, tokens - 1, width])], dimension: 1)
        let rows = try (embedded + positions.working.converted(to: type)).reshaped([count * tokens, width])
        let sequences = SequenceOffsets(lengths: repeatElement(tokens, count: count))
        let read = try transformer(entryNorm(rows), sequences, readAt: sequences.firstRows)
        return try exitNorm(read).linear(weight: projection.working.transposed())
    }

    /// Each patch as a row, in the order of the convolution's weights: a convolution whose stride is its size is
    /// one matrix product.
    private func patchRows(_ images: Tensor) throws -> Tensor {
        let count = images.shape[0]
        return try images.reshaped([count, 3, grid, patchSize, grid, patchSize]).permuted([0, 2, 4, 1, 3, 5])
            .reshaped([count * grid * grid, 3 * patchSize * patchSize])
    }
}

/// Texts as token ids, packed without padding.
struct PackedTexts: Sendable {
    let tokens: [Int]
    let sequences: SequenceOffsets

    /// Texts of which each holds start token, text and end token.
    init(_ texts: [[Int]]) {
        tokens = texts.flatMap { $0 }
        sequences = SequenceOffsets(lengths: texts.map(\.count))
    }

    /// The position of each token in its text.
    var positions: [Int] {
        zip(sequences.offsets, sequences.offsets.dropFirst()).flatMap { 0..<Int($1 - $0) }
    }
}

/// The text tower: a causal transformer read at the end token.
///
/// Because attention is causal and nothing is read after the end token, padding cannot matter; only the real tokens
/// are computed.
@TensorActor
struct TextTower {
    let tokenTable: Parameter
    let positions: Parameter
    let transformer: Transformer
    let exitNorm: LayerNorm
    let projection: Parameter
    private let computed: ElementType

    init(_ scope: ParameterScope, _ model: ModelConfiguration, computed: ElementType, recomputed: Bool) {
        let text = model.text
        self.computed = computed
        positions = scope.declare(
            "positional_embedding", [text.contextLength, text.width], .normal(deviation: 0.01), role: .precise
        )
        projection = scope.declare(
            "text_projection", [text.width, model.embedDimension],
            .normal(deviation: 1 / Double(text.width).squareRoot()))
        tokenTable = scope.declare(
            "token_embedding.weight", [text.vocabularySize, text.width], .normal(deviation: 0.02),
            role: .precise)
        transformer = Transformer(
            scope.part("transformer"),
            shape: TransformerShape(
                width: text.width, layers: text.layers, heads: text.heads, mlpRatio: text.mlpRatio,
                activation: model.usesQuickGELU ? .quickGELU : .gelu, causal: true,
                recomputed: recomputed))
        exitNorm = LayerNorm(scope.part("ln_final"), width: text.width)
    }

    /// Features (count × embed) of texts.
    func callAsFunction(_ texts: PackedTexts) throws -> Tensor {
        let embedded = try tokenTable.working.rows(.indices(texts.tokens))
        let rows = try (embedded + positions.working.rows(.indices(texts.positions))).converted(to: computed)
        let read = try transformer(rows, texts.sequences, readAt: texts.sequences.lastRows)
        return try exitNorm(read).linear(weight: projection.working.transposed())
    }
}
