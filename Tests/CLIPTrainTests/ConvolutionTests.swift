@testable import CLIPTrain
import Testing

@Suite @TensorActor struct ConvolutionTests {
    /// A layer whose parameters are away from their initial values, the same for every precision.
    private func layer(kernel: Int, stride: Int, _ precision: Precision) throws -> NormalizedConvolution {
        let layer = NormalizedConvolution(
            ParameterScope(), convolution: "conv", norm: "bn", from: 5, to: 9, kernel: kernel, stride: stride)
        for (index, parameter) in parameters(layer).enumerated() {
            try parameter.allocate(precision.types, seed: 1)
            let noise = try random(parameter.shape, seed: UInt64(index), scale: 0.3)
            let one = try Tensor(filledWith: 1, shape: parameter.shape, type: .float64)
            try parameter.assign((index == 0 ? noise : noise + one).converted(to: .bfloat16))
        }
        return layer
    }

    private func parameters(_ layer: NormalizedConvolution) -> [Parameter] {
        [layer.weight, layer.gain, layer.bias, layer.mean, layer.variance]
    }

    struct Shape: Sendable {
        var kernel: Int
        var stride: Int
        var rectified: Bool
        var hasResidual: Bool
    }

    nonisolated static let shapes = [
        Shape(kernel: 1, stride: 1, rectified: true, hasResidual: true),
        Shape(kernel: 1, stride: 1, rectified: false, hasResidual: false),
        Shape(kernel: 3, stride: 1, rectified: true, hasResidual: false),
        Shape(kernel: 3, stride: 2, rectified: true, hasResidual: false),
    ]

    /// Result, gradients and running statistics of one pass over pictures around `level`.
    private func pass(_ shape: Shape, _ precision: Precision, level: Double) throws -> [(String, Tensor)] {
        let layer = try layer(kernel: shape.kernel, stride: shape.stride, precision)
        let type = precision.types.computed
        func input(_ sizes: [Int], seed: UInt64) throws -> Tensor {
            // Values that bfloat16 holds, so that all precisions see the same.
            try random(sizes, seed: seed).converted(to: .bfloat16).converted(to: type)
        }
        let side = (12 + shape.stride - 1) / shape.stride
        let shift = try Tensor(filledWith: level, shape: [4, 5, 12, 12], type: type)
        let images = try (input([4, 5, 12, 12], seed: 7) + shift).channelsLast().detached()
        let residual = shape.hasResidual ? try input([4, 9, side, side], seed: 8) : nil
        try images.requireGradient()
        try residual?.requireGradient()
        let result = try layer(images, .train, addedTo: residual, rectified: shape.rectified)
        try result.backward(seed: input([4, 9, side, side], seed: 9))
        var found = [("result", result), ("mean", layer.mean.stored), ("variance", layer.variance.stored)]
        found.append(("images", try #require(images.gradient())))
        if let residual { found.append(("residual", try #require(residual.gradient()))) }
        for parameter in parameters(layer).prefix(3) {
            found.append((parameter.name, try #require(parameter.working.gradient())))
        }
        return found
    }

    @Test(arguments: shapes)
    func kernelsEqualTheLibraryInDoublePrecision(shape: Shape) throws {
        // Far from zero single-precision sums of squares would cancel; bfloat16 has no digits left there.
        for (precision, level, tolerance) in [(Precision.float32, 30.0, 1e-4), (.bfloat16, 0, 0.05)] {
            let expected = try pass(shape, .float64, level: level)
            for ((name, value), (_, exact)) in zip(try pass(shape, precision, level: level), expected) {
                let error = try (value.converted(to: .float64) + exact * -1).squareSum().squareRoot()
                let size = try exact.squareSum().squareRoot()
                #expect(error < tolerance * size, "\(precision) \(name): \(error) of \(size)")
            }
        }
    }

    @Test func evaluationUsesTheRunningStatisticsAndLeavesThem() throws {
        let layer = try layer(kernel: 3, stride: 1, .float32)
        let before = try layer.mean.stored.values()
        let images = try random([2, 5, 4, 4], seed: 1).converted(to: .float32)
        let both = try layer(images, .evaluate).values()
        let first = try layer(images.narrowed(0..<1), .evaluate).values()
        #expect(zip(both, first).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(try layer.mean.stored.values() == before)
    }
}
