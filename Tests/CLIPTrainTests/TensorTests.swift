@testable import CLIPTrain
import Foundation
import TestSupport
import Testing

/// A seeded random tensor in double precision.
@TensorActor
func random(_ shape: [Int], seed: UInt64, scale: Double = 1) throws -> Tensor {
    let tensor = try Tensor(shape: shape, type: .float64)
    try tensor.fillNormal(deviation: scale, seed: seed)
    return tensor
}

/// The greatest distance between gradients and central differences of `sum(function · weights)`, relative to the
/// greatest gradient.
@TensorActor
func gradientError(_ inputs: [Tensor], _ function: () throws -> Tensor) throws -> Double {
    for input in inputs { try input.requireGradient() }
    let weights = try random(Tensor.withoutRecording(function).shape, seed: 99)
    func value() throws -> Tensor { try (function() * weights).sum() }
    try value().backward()
    var worst = 0.0
    for input in inputs {
        guard let gradient = try input.gradient()?.values() else { return .infinity }
        input.clearGradient()
        let original = try input.values()
        let greatest = gradient.map(abs).max() ?? 0
        for place in stride(from: 0, to: original.count, by: max(1, original.count / 40)) {
            let step = 1e-6
            func moved(by distance: Double) throws -> Double {
                var values = original
                values[place] += distance
                try input.assign(
                    values.withUnsafeBytes { try Tensor(bytes: $0, shape: input.shape, type: .float64) })
                return try Tensor.withoutRecording { try value().item() }
            }
            let difference = try (moved(by: step) - moved(by: -step)) / (2 * step)
            _ = try moved(by: 0)
            worst = max(worst, abs(difference - gradient[place]) / max(greatest, 1e-12))
        }
    }
    return worst
}

/// The greatest distance between two tensors' elements.
@TensorActor
func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
    try zip(a.values(), b.values()).map { abs($0 - $1) }.max() ?? 0
}

@Suite @TensorActor struct TensorTests {
    @Test func failuresOfTheLibraryBecomeSwiftErrors() throws {
        let a = try Tensor(shape: [2, 3], type: .float32)
        let error = #expect(throws: CLIPTrainError.self) { try a.multiplied(by: a) }
        #expect(error?.code == .tensor)
        #expect(error?.description.contains("\n") == false && (error?.description.count ?? 0) > 10)
    }

    @Test func elementsComeBackAsTheyWent() throws {
        let numbers: [Float] = [1, -2.5, 3, 0.125, 5, 6]
        let tensor = try numbers.withUnsafeBytes { try Tensor(bytes: $0, shape: [2, 3], type: .float32) }
        #expect(try tensor.values() == numbers.map(Double.init))
        #expect(try tensor.transposed().values() == [1, 0.125, -2.5, 5, 3, 6])
        #expect(try tensor.converted(to: .bfloat16).type == .bfloat16)
        #expect(try Tensor(shape: [0, 3], type: .float32).values() == [])
    }

    @Test func randomValuesDependOnTheSeedAlone() throws {
        #expect(try random([100], seed: 3).values() == random([100], seed: 3).values())
        #expect(try random([100], seed: 3).values() != random([100], seed: 4).values())
    }

    @Test(arguments: [ElementType.float32, .float64, .bfloat16])
    func linearIsTheProductWithTheTranspose(type: ElementType) throws {
        let (x, w, b) = try (random([7, 33], seed: 1), random([19, 33], seed: 2), random([19], seed: 3))
        let expected = try x.multiplied(by: w.transposed()) + b
        let found = try x.converted(to: type).linear(
            weight: w.converted(to: type), bias: b.converted(to: type))
        let tolerance = type == .bfloat16 ? 0.2 : type == .float32 ? 1e-5 : 1e-12
        #expect(try distance(found, expected) < tolerance)
    }

    @Test func gradientsOfLayersEqualFiniteDifferences() throws {
        let (x, w, b) = try (random([6, 20], seed: 1), random([9, 20], seed: 2), random([9], seed: 3))
        #expect(try gradientError([x, w, b]) { try x.linear(weight: w, bias: b) } < 1e-8)
        #expect(try gradientError([x, w]) { try x.linear(weight: w) } < 1e-8)
        let (gain, bias) = try (random([20], seed: 4), random([20], seed: 5))
        #expect(
            try gradientError([x, gain, bias]) { try x.layerNorm(gain: gain, bias: bias, epsilon: 1e-5) }
                < 1e-8)
        #expect(try gradientError([x]) { try x.activated(.quickGELU) } < 1e-8)
        #expect(try gradientError([x]) { try x.activated(.gelu) } < 1e-8)
        #expect(try gradientError([x]) { try x.normalizedRows() } < 1e-8)
        let labels = try Tensor.indices([3, 0, 19, 7, 7, 1])
        #expect(try gradientError([x]) { try x.crossEntropy(labels: labels) } < 1e-8)
    }
}
