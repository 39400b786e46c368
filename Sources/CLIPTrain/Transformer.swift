/// Multi-head self-attention, with the parameter names of PyTorch's module.
@TensorActor
struct MultiHeadAttention {
    let inputWeight: Parameter
    let inputBias: Parameter
    let output: Linear
    let heads: Int
    let causal: Bool

    init(_ scope: ParameterScope, width: Int, heads: Int, causal: Bool, outputDeviation: Double) {
        let deviation = 1 / Double(width).squareRoot()
        inputWeight = scope.declare("in_proj_weight", [3 * width, width], .normal(deviation: deviation))
        inputBias = scope.declare("in_proj_bias", [3 * width], .constant(0))
        output = Linear(scope.part("out_proj"), from: width, to: width, deviation: outputDeviation)
        self.heads = heads
        self.causal = causal
    }

    /// The result for every row, added to a residual.
    func callAsFunction(_ rows: Tensor, _ sequences: SequenceOffsets, addedTo residual: Tensor) throws
        -> Tensor
    {
        let projected = try rows.linear(weight: inputWeight.working, bias: inputBias.working)
        return try output(projected.attention(sequences, heads: heads, causal: causal), addedTo: residual)
    }

    /// The result for one row of each sequence only, added to a residual of such rows. That row must see the whole
    /// of its sequence: any row where attention is not causal, the last one where it is.
    func pooled(
        _ rows: Tensor, at indices: Tensor, _ sequences: SequenceOffsets, addedTo residual: Tensor
    ) throws -> Tensor {
        let width = output.weight.shape[0]
        func project(_ rows: Tensor, _ range: Range<Int>) throws -> Tensor {
            try rows.linear(
                weight: inputWeight.working.narrowed(range), bias: inputBias.working.narrowed(range))
        }
        let query = try project(rows.rows(indices), 0..<width)
        let keysValues = try project(rows, width..<3 * width)
        let attended = try query.pooledAttention(keysValues: keysValues, sequences, heads: heads)
        return try output(attended, addedTo: residual)
    }
}

/// Attention and an MLP, each behind a layer norm and around a residual connection.
@TensorActor
struct ResidualBlock {
    let attentionNorm: LayerNorm
    let attention: MultiHeadAttention
    let mlpNorm: LayerNorm
    let expand: Linear
    let contract: Linear
    let activation: Activation

    /// Deviations of the initial values follow Radford et al., section 2.5: w^-0.5 for attention, (2w)^-0.5 for the
    /// MLP's first layer, w^-0.5 · (2L)^-0.5 for what is added to the residual stream of L blocks.
    init(_ scope: ParameterScope, shape: TransformerShape) {
        let width = Double(shape.width)
        let residual = 1 / (width * 2 * Double(shape.layers)).squareRoot()
        let inner = Int(width * shape.mlpRatio)
        attentionNorm = LayerNorm(scope.part("ln_1"), width: shape.width)
        attention = MultiHeadAttention(
            scope.part("attn"), width: shape.width, heads: shape.heads, causal: shape.causal,
            outputDeviation: residual)
        mlpNorm = LayerNorm(scope.part("ln_2"), width: shape.width)
        let mlp = scope.part("mlp")
        expand = Linear(
            mlp.part("c_fc"), from: shape.width, to: inner, deviation: 1 / (2 * width).squareRoot())
        contract = Linear(mlp.part("c_proj"), from: inner, to: shape.width, deviation: residual)
        activation = shape.activation
    }

    func callAsFunction(_ rows: Tensor, _ sequences: SequenceOffsets) throws -> Tensor {
        try withMLP(attention(attentionNorm(rows), sequences, addedTo: rows))
    }

    /// The block's result for one row of each sequence only: exact, and all that a last block needs.
    func pooled(_ rows: Tensor, at indices: Tensor, _ sequences: SequenceOffsets) throws -> Tensor {
        try withMLP(
            attention.pooled(attentionNorm(rows), at: indices, sequences, addedTo: rows.rows(indices)))
    }

    private func withMLP(_ rows: Tensor) throws -> Tensor {
        try contract(expand(mlpNorm(rows)).activated(activation), addedTo: rows)
    }
}

/// The sizes of a transformer.
struct TransformerShape: Sendable {
    var width: Int
    var layers: Int
    var heads: Int
    var mlpRatio: Double
    var activation: Activation
    var causal: Bool
    /// Blocks keep their input only, and are computed again in the backward pass.
    var recomputed: Bool
}

/// Residual blocks over packed sequences, read at one row of each.
@TensorActor
struct Transformer {
    let blocks: [ResidualBlock]
    let recomputed: Bool

    init(_ scope: ParameterScope, shape: TransformerShape) {
        recomputed = shape.recomputed
        let list = scope.part("resblocks")
        blocks = (0..<shape.layers).map { ResidualBlock(list.part("\($0)"), shape: shape) }
    }

    /// The last block's result at the given row of each sequence.
    func callAsFunction(_ rows: Tensor, _ sequences: SequenceOffsets, readAt indices: [Int]) throws -> Tensor
    {
        var rows = rows
        for block in blocks.dropLast() {
            rows =
                recomputed
                ? try rows.recomputing { rows, _ in try block(rows, sequences) }
                : try block(rows, sequences)
        }
        let indices = try Tensor.indices(indices)
        guard let last = blocks.last else { return try rows.rows(indices) }
        return try last.pooled(rows, at: indices, sequences)
    }
}
