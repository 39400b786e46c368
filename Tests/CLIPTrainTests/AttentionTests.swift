@testable import CLIPTrain
import Testing

/// Attention of one sequence and one head at a time, composed of plain operations.
@TensorActor
private func reference(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, queries: SequenceOffsets, keys: SequenceOffsets,
    heads: Int,
    causal: Bool
) throws -> Tensor {
    let width = query.shape[1] / heads
    let perSequence = try (0..<keys.count).map { index in
        let perHead = try (0..<heads).map { head in
            @TensorActor func part(_ rows: Tensor, _ sequences: SequenceOffsets) throws -> Tensor {
                let range = Int(sequences.offsets[index])..<Int(sequences.offsets[index + 1])
                return try rows.narrowed(range).narrowed(head * width..<(head + 1) * width, dimension: 1)
            }
            let (q, k, v) = try (part(query, queries), part(key, keys), part(value, keys))
            var scores = try q.multiplied(by: k.transposed()) * (1 / Double(width).squareRoot())
            if causal { scores = try scores + mask(scores.shape[0], like: scores) }
            return try scores.softmax(dimension: 1).multiplied(by: v)
        }
        return try Tensor.concatenated(perHead, dimension: 1)
    }
    return try Tensor.concatenated(perSequence, dimension: 0)
}

@TensorActor
private func mask(_ size: Int, like tensor: Tensor) throws -> Tensor {
    let values = (0..<size * size).map { $0 % size > $0 / size ? -Double.infinity : 0 }
    return try values.withUnsafeBytes { try Tensor(bytes: $0, shape: [size, size], type: .float64) }
        .converted(to: tensor.type)
}

@Suite @TensorActor struct AttentionTests {
    struct Shape: Sendable {
        var lengths: [Int]
        var heads: Int
        var width: Int
    }

    nonisolated static let shapes = [
        Shape(lengths: [1], heads: 1, width: 8), Shape(lengths: [3, 1, 7], heads: 2, width: 12),
        Shape(lengths: [50, 50, 50], heads: 3, width: 96),
        Shape(lengths: [17, 33, 2, 16], heads: 2, width: 128),
        Shape(lengths: [77, 5], heads: 1, width: 80),
    ]

    private func split(_ qkv: Tensor) throws -> (Tensor, Tensor, Tensor) {
        let width = qkv.shape[1] / 3
        return try (
            qkv.narrowed(0..<width, dimension: 1), qkv.narrowed(width..<2 * width, dimension: 1),
            qkv.narrowed(2 * width..<3 * width, dimension: 1)
        )
    }

    @Test(arguments: shapes, [true, false])
    func packedAttentionEqualsTheReference(shape: Shape, causal: Bool) throws {
        let sequences = SequenceOffsets(lengths: shape.lengths)
        let rows = shape.lengths.reduce(0, +)
        for (type, tolerance) in [(ElementType.float64, 1e-12), (.float32, 2e-5), (.bfloat16, 0.1)] {
            let qkv = try random([rows, 3 * shape.width], seed: 7, scale: 2).converted(to: type)
            let (q, k, v) = try split(qkv.converted(to: .float64))
            let expected = try reference(
                q, k, v, queries: sequences, keys: sequences, heads: shape.heads, causal: causal)
            let found = try qkv.attention(sequences, heads: shape.heads, causal: causal)
            #expect(try distance(found, expected) < tolerance, "\(type)")
        }
    }

    @Test(arguments: shapes, [true, false])
    func gradientsEqualTheReferences(shape: Shape, causal: Bool) throws {
        let sequences = SequenceOffsets(lengths: shape.lengths)
        let rows = shape.lengths.reduce(0, +)
        let seed = try random([rows, shape.width], seed: 8)
        for (type, tolerance) in [(ElementType.float64, 1e-11), (.float32, 2e-4), (.bfloat16, 0.6)] {
            let qkv = try random([rows, 3 * shape.width], seed: 7).converted(to: type)
            let wide = try qkv.converted(to: .float64).detached()
            try qkv.requireGradient()
            try wide.requireGradient()
            let (q, k, v) = try split(wide)
            try reference(q, k, v, queries: sequences, keys: sequences, heads: shape.heads, causal: causal)
                .backward(seed: seed)
            try qkv.attention(sequences, heads: shape.heads, causal: causal).backward(
                seed: seed.converted(to: type))
            let (found, expected) = try (#require(qkv.gradient()), #require(wide.gradient()))
            #expect(try distance(found, expected) < tolerance, "\(type)")
        }
    }

    @Test(arguments: shapes)
    func pooledAttentionEqualsTheReference(shape: Shape) throws {
        let keys = SequenceOffsets(lengths: shape.lengths)
        let queries = SequenceOffsets(lengths: shape.lengths.map { _ in 1 })
        let query = try random([shape.lengths.count, shape.width], seed: 1)
        let pairs = try random([shape.lengths.reduce(0, +), 2 * shape.width], seed: 2)
        let (k, v) = try (
            pairs.narrowed(0..<shape.width, dimension: 1),
            pairs.narrowed(shape.width..<2 * shape.width, dimension: 1)
        )
        let expected = try reference(
            query, k, v, queries: queries, keys: keys, heads: shape.heads, causal: false)
        let found = try query.pooledAttention(keysValues: pairs, keys, heads: shape.heads)
        #expect(try distance(found, expected) < 1e-12)
        let error = try gradientError([query, pairs]) {
            try query.pooledAttention(keysValues: pairs, keys, heads: shape.heads)
        }
        #expect(error < 1e-8)
    }

    @Test func gradientsEqualFiniteDifferences() throws {
        let qkv = try random([11, 3 * 12], seed: 4)
        let sequences = SequenceOffsets(lengths: [4, 1, 6])
        for causal in [true, false] {
            #expect(
                try gradientError([qkv]) { try qkv.attention(sequences, heads: 3, causal: causal) } < 1e-8)
        }
    }

    @Test func offsetsThatDoNotCoverTheRowsAreRefused() throws {
        let qkv = try random([5, 12], seed: 1)
        #expect(throws: CLIPTrainError.self) {
            try qkv.attention(SequenceOffsets(lengths: [4]), heads: 1, causal: false)
        }
    }
}
