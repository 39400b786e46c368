/// A convolution without bias, followed by batch normalisation.
@TensorActor
struct NormalizedConvolution {
    let weight: Parameter
    let gain: Parameter
    let bias: Parameter
    let mean: Parameter
    let variance: Parameter
    let stride: Int

    /// `convolution` and `norm` are the two modules' names, as OpenAI's weights have them.
    init(
        _ scope: ParameterScope, convolution: String, norm: String, from inputs: Int, to outputs: Int,
        kernel: Int, stride: Int = 1, gain initialGain: Double = 1
    ) {
        // PyTorch's default, as in OpenAI's code.
        let bound = 1 / Double(inputs * kernel * kernel).squareRoot()
        weight = scope.declare(
            "\(convolution).weight", [outputs, inputs, kernel, kernel], .uniform(bound: bound))
        let part = scope.part(norm)
        gain = part.declare("weight", [outputs], .constant(initialGain), role: .precise)
        bias = part.declare("bias", [outputs], .constant(0), role: .precise)
        mean = part.declare("running_mean", [outputs], .constant(0), role: .statistic)
        variance = part.declare("running_var", [outputs], .constant(1), role: .statistic)
        self.stride = stride
    }

    /// The normalised convolution, plus a residual, then a ReLU unless that is switched off.
    func callAsFunction(
        _ images: Tensor, _ mode: ForwardMode, addedTo residual: Tensor? = nil, rectified: Bool = true
    ) throws -> Tensor {
        try images.convolved(weight: weight.working, stride: stride, padding: weight.shape[2] / 2)
            .batchNorm(self, mode, addedTo: residual, rectified: rectified)
    }
}

/// The bottleneck block: average pooling instead of strided convolutions (ResNet-D).
@TensorActor
struct Bottleneck {
    let reduce: NormalizedConvolution
    let spatial: NormalizedConvolution
    let widen: NormalizedConvolution
    let shortcut: NormalizedConvolution?
    let pooling: Int

    /// How much wider a block's result is than its inside.
    static let expansion = 4

    init(_ scope: ParameterScope, from inputs: Int, width: Int, pooling: Int) {
        let outputs = width * Self.expansion
        reduce = NormalizedConvolution(
            scope, convolution: "conv1", norm: "bn1", from: inputs, to: width, kernel: 1)
        spatial = NormalizedConvolution(
            scope, convolution: "conv2", norm: "bn2", from: width, to: width, kernel: 3)
        // A block starts as the identity: the last gain is zero.
        widen = NormalizedConvolution(
            scope, convolution: "conv3", norm: "bn3", from: width, to: outputs, kernel: 1, gain: 0)
        shortcut =
            pooling > 1 || inputs != outputs
            ? NormalizedConvolution(
                scope.part("downsample"), convolution: "0", norm: "1", from: inputs, to: outputs, kernel: 1)
            : nil
        self.pooling = pooling
    }

    func callAsFunction(_ images: Tensor, _ mode: ForwardMode) throws -> Tensor {
        let inner = try spatial(reduce(images, mode), mode).averagePooled(pooling)
        let passed =
            try shortcut.map { try $0(images.averagePooled(pooling), mode, rectified: false) } ?? images
        return try widen(inner, mode, addedTo: passed)
    }
}

/// Attention pooling: the mean of the grid asks, the grid and its mean answer.
@TensorActor
struct AttentionPool {
    let positions: Parameter
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    let heads: Int

    init(_ scope: ParameterScope, grid: Int, width: Int, heads: Int, outputs: Int) {
        let deviation = 1 / Double(width).squareRoot()
        positions = scope.declare(
            "positional_embedding", [grid * grid + 1, width], .normal(deviation: deviation), role: .precise)
        key = Linear(scope.part("k_proj"), from: width, to: width, deviation: deviation)
        query = Linear(scope.part("q_proj"), from: width, to: width, deviation: deviation)
        value = Linear(scope.part("v_proj"), from: width, to: width, deviation: deviation)
        output = Linear(scope.part("c_proj"), from: width, to: outputs, deviation: deviation)
        self.heads = heads
    }

    func callAsFunction(_ images: Tensor) throws -> Tensor {
        let count = images.shape[0]
        let width = images.shape[1]
        let tokens = positions.shape[0]
        let grid = try images.reshaped([count, width, tokens - 1]).permuted([0, 2, 1])
        let mean = try images.mean(from: 2).reshaped([count, 1, width])
        let rows = try
            (Tensor.concatenated([mean, grid], dimension: 1)
            + positions.working.converted(to: images.type)).reshaped([count * tokens, width])
        let sequences = SequenceOffsets(lengths: repeatElement(tokens, count: count))
        let asked = try query(rows.rows(.indices(sequences.firstRows)))
        let keysValues = try Tensor.concatenated([key(rows), value(rows)], dimension: 1)
        return try output(asked.pooledAttention(keysValues: keysValues, sequences, heads: heads))
    }
}

/// The paper's ResNet: a stem of three convolutions, ResNet-D blocks, attention pooling.
@TensorActor
struct ModifiedResNet: ImageTower {
    let stem: [NormalizedConvolution]
    let blocks: [Bottleneck]
    let pool: AttentionPool
    let recomputed: Bool

    init(_ scope: ParameterScope, _ model: ModelConfiguration, blocks counts: [Int], recomputed: Bool) {
        self.recomputed = recomputed
        let width = model.vision.width
        stem = [
            NormalizedConvolution(
                scope, convolution: "conv1", norm: "bn1", from: 3, to: width / 2, kernel: 3, stride: 2),
            NormalizedConvolution(
                scope, convolution: "conv2", norm: "bn2", from: width / 2, to: width / 2, kernel: 3),
            NormalizedConvolution(
                scope, convolution: "conv3", norm: "bn3", from: width / 2, to: width, kernel: 3),
        ]
        var blocks: [Bottleneck] = []
        var inputs = width
        for (stage, count) in counts.enumerated() {
            for index in 0..<count {
                blocks.append(
                    Bottleneck(
                        scope.part("layer\(stage + 1)").part("\(index)"), from: inputs, width: width << stage,
                        pooling: stage > 0 && index == 0 ? 2 : 1))
                inputs = (width << stage) * Bottleneck.expansion
            }
        }
        self.blocks = blocks
        pool = AttentionPool(
            scope.part("attnpool"), grid: model.vision.imageSize / 32, width: inputs,
            heads: width * 32 / model.vision.headWidth, outputs: model.embedDimension)
    }

    func callAsFunction(_ images: Tensor, _ mode: ForwardMode) throws -> Tensor {
        var images = try images.channelsLast()
        for convolution in stem { images = try convolution(images, mode) }
        images = try images.averagePooled(2)
        for block in blocks {
            images =
                recomputed
                ? try images.recomputing { try block($0, $1 && mode == .train ? .recompute : mode) }
                : try block(images, mode)
        }
        return try pool(images)
    }
}
