internal import CTorch

// Shape
extension Tensor {
    func converted(to type: ElementType) throws -> Tensor {
        type == self.type ? self : try Tensor(owning: ctorch_convert(handle, type.native))
    }

    func reshaped(_ shape: [Int]) throws -> Tensor {
        try Tensor(owning: ctorch_reshape(handle, shape.map(Int64.init), Int32(shape.count)))
    }

    func permuted(_ order: [Int]) throws -> Tensor {
        try Tensor(owning: ctorch_permute(handle, order.map(Int64.init), Int32(order.count)))
    }

    func expanded(_ shape: [Int]) throws -> Tensor {
        try Tensor(owning: ctorch_expand(handle, shape.map(Int64.init), Int32(shape.count)))
    }

    /// The matrix with rows and columns exchanged.
    func transposed() throws -> Tensor { try permuted([1, 0]) }

    /// The entries of a range along a dimension.
    func narrowed(_ range: Range<Int>, dimension: Int = 0) throws -> Tensor {
        try Tensor(
            owning: ctorch_narrow(handle, Int32(dimension), Int64(range.lowerBound), Int64(range.count)))
    }

    static func concatenated(_ tensors: [Tensor], dimension: Int) throws -> Tensor {
        let handles = tensors.map(\.handle)
        return try Tensor(owning: ctorch_concatenate(handles, Int32(handles.count), Int32(dimension)))
    }

    /// The rows of a square grid, resized: bicubic, antialiased.
    func resizedGrid(from: Int, to: Int) throws -> Tensor {
        try Tensor(owning: ctorch_resize_grid(handle, Int64(from), Int64(to)))
    }

    /// Rows of this table by index.
    func rows(_ indices: Tensor) throws -> Tensor { try Tensor(owning: ctorch_rows(handle, indices.handle)) }
}

// Arithmetic
extension Tensor {
    static func + (a: Tensor, b: Tensor) throws -> Tensor {
        try Tensor(owning: ctorch_add(a.handle, b.handle))
    }

    static func * (a: Tensor, b: Tensor) throws -> Tensor {
        try Tensor(owning: ctorch_multiply(a.handle, b.handle))
    }

    static func * (tensor: Tensor, factor: Double) throws -> Tensor {
        try Tensor(owning: ctorch_scale(tensor.handle, factor))
    }

    func exponential() throws -> Tensor { try Tensor(owning: ctorch_exp(handle)) }

    func sum() throws -> Tensor { try Tensor(owning: ctorch_sum(handle)) }

    /// The mean over the dimensions from `dimension` on, which disappear.
    func mean(from dimension: Int) throws -> Tensor {
        try Tensor(owning: ctorch_mean_from(handle, Int32(dimension)))
    }

    /// The matrix product.
    func multiplied(by other: Tensor) throws -> Tensor {
        try Tensor(owning: ctorch_matrix_multiply(handle, other.handle))
    }

    /// Rows divided by their Euclidean length.
    func normalizedRows() throws -> Tensor { try Tensor(owning: ctorch_normalize_rows(handle)) }

    func softmax(dimension: Int) throws -> Tensor {
        try Tensor(owning: ctorch_softmax(handle, Int32(dimension)))
    }

    /// The mean over rows of −log softmax(logits)[label].
    func crossEntropy(labels: Tensor) throws -> Tensor {
        try Tensor(owning: ctorch_cross_entropy(handle, labels.handle))
    }

    /// The sum of squares of all elements, in double precision; not recorded.
    func squareSum() throws -> Double {
        var sum = 0.0
        try Tensor.check(ctorch_square_sum(handle, &sum))
        return sum
    }
}

// Layers
extension Tensor {
    /// Rows times the transpose of an (out, in) weight, plus a bias, plus a residual.
    func linear(weight: Tensor, bias: Tensor? = nil, addedTo residual: Tensor? = nil) throws -> Tensor {
        try Tensor(owning: ctorch_linear(handle, weight.handle, bias?.handle, residual?.handle))
    }

    func layerNorm(gain: Tensor, bias: Tensor, epsilon: Double) throws -> Tensor {
        try Tensor(owning: ctorch_layer_norm(handle, gain.handle, bias.handle, epsilon))
    }

    func activated(_ activation: Activation) throws -> Tensor {
        switch activation {
        case .gelu: try Tensor(owning: ctorch_gelu(handle))
        case .quickGELU: try Tensor(owning: ctorch_quick_gelu(handle))
        }
    }

    /// Multi-head attention within each sequence; this tensor holds queries, keys and values side by side.
    func attention(_ sequences: SequenceOffsets, heads: Int, causal: Bool) throws -> Tensor {
        let offsets = sequences.offsets
        return try Tensor(
            owning: ctorch_attention(handle, offsets, Int64(offsets.count - 1), Int32(heads), causal))
    }

    /// Attention of one query row for each sequence, this tensor, over that sequence's keys and values.
    func pooledAttention(keysValues: Tensor, _ sequences: SequenceOffsets, heads: Int) throws -> Tensor {
        let offsets = sequences.offsets
        return try Tensor(
            owning: ctorch_pooled_attention(
                handle, keysValues.handle, offsets, Int64(offsets.count - 1), Int32(heads)))
    }

    func convolved(weight: Tensor, stride: Int, padding: Int) throws -> Tensor {
        try Tensor(owning: ctorch_convolution(handle, weight.handle, Int32(stride), Int32(padding)))
    }

    /// Batch normalisation, plus a residual, then a ReLU unless that is switched off.
    func batchNorm(
        _ layer: NormalizedConvolution, _ mode: ForwardMode, addedTo residual: Tensor?, rectified: Bool
    ) throws -> Tensor {
        try Tensor(
            owning: ctorch_batch_norm(
                handle, layer.gain.working.handle, layer.bias.working.handle, layer.mean.stored.handle,
                layer.variance.stored.handle, residual?.handle, rectified, mode != .evaluate,
                mode == .recompute ? 0 : 0.1, 1e-5))
    }

    func averagePooled(_ size: Int) throws -> Tensor {
        size == 1 ? self : try Tensor(owning: ctorch_average_pool(handle, Int32(size)))
    }

    func channelsLast() throws -> Tensor { try Tensor(owning: ctorch_channels_last(handle)) }
}

/// An activation function.
enum Activation: Sendable {
    case gelu
    case quickGELU
}

/// Where the sequences of a packed matrix lie: sequence i has the rows `offsets[i] ..< offsets[i + 1]`.
struct SequenceOffsets: Sendable {
    let offsets: [Int64]

    /// Sequences of the given lengths, one after the other.
    init(lengths: some Sequence<Int>) {
        var offsets: [Int64] = [0]
        var end: Int64 = 0
        for length in lengths {
            end += Int64(length)
            offsets.append(end)
        }
        self.offsets = offsets
    }

    var count: Int { offsets.count - 1 }

    /// The first row of each sequence.
    var firstRows: [Int] { offsets.dropLast().map(Int.init) }

    /// The last row of each sequence.
    var lastRows: [Int] { offsets.dropFirst().map { Int($0) - 1 } }
}
