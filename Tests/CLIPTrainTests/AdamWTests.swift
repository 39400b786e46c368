@testable import CLIPTrain
import Foundation
import Testing

@Suite @TensorActor struct AdamWTests {
    /// The algorithm as it is printed, on one number.
    private struct Reference {
        var value: Double
        var first = 0.0
        var second = 0.0

        mutating func update(_ gradient: Double, step: Int, rate: Double, recipe: Recipe, decay: Double) {
            first = recipe.beta1 * first + (1 - recipe.beta1) * gradient
            second = recipe.beta2 * second + (1 - recipe.beta2) * gradient * gradient
            let mean = first / (1 - pow(recipe.beta1, Double(step + 1)))
            let square = second / (1 - pow(recipe.beta2, Double(step + 1)))
            value -= rate * (mean / (square.squareRoot() + recipe.epsilon) + decay * value)
        }
    }

    private func parameter(_ shape: [Int], _ precision: Precision) throws -> Parameter {
        let parameter = Parameter(name: "p", shape: shape, role: .matrix, initial: .normal(deviation: 1))
        try parameter.allocate(precision.types, seed: 2)
        return parameter
    }

    @Test(arguments: [nil, 0.5], [[40, 1000], [40_000]])
    func updatesEqualTheReference(clip: Double?, shape: [Int]) throws {
        var recipe = Recipe()
        recipe.clipNorm = clip
        let parameter = try parameter(shape, .float64)
        let optimiser = try AdamW([parameter], recipe: recipe)
        var expected = try parameter.stored.values().map { Reference(value: $0) }
        for step in 0..<4 {
            let slope = try random(shape, seed: UInt64(step), scale: 0.01)
            try (parameter.working * slope).sum().backward()
            let norm = try slope.squareSum().squareRoot()
            let rate = 0.01 * Double(step + 1)
            let found = try optimiser.update(step: step, learningRate: rate)
            #expect(abs(found - norm) < 1e-12 * norm)
            let factor = clip.map { min(1, $0 / (norm + 1e-6)) } ?? 1
            for (index, gradient) in try slope.values().enumerated() {
                // Decay is for matrices only.
                expected[index].update(
                    gradient * factor, step: step, rate: rate, recipe: recipe,
                    decay: shape.count == 2 ? 0.2 : 0)
            }
        }
        let worst = zip(try parameter.stored.values(), expected).map { abs($0 - $1.value) }.max() ?? 1
        #expect(worst < 1e-12)
    }

    /// A thousand steps with one small gradient: a statistic that was rounded to the nearest bfloat16 would stop growing
    /// when a step's change is below half of its last digit.
    @Test func halfPrecisionStatisticsFollowTheExactOnesOnAverage() throws {
        var recipe = Recipe()
        recipe.beta2 = 0.999
        let exact = try parameter([64, 256], .float32)
        let coarse = try parameter([64, 256], .float32)
        let exactOptimiser = try AdamW([exact], recipe: recipe)
        recipe.keepsHalfMoments = true
        let coarseOptimiser = try AdamW([coarse], recipe: recipe)
        #expect(coarseOptimiser.slots[0].second.type == .bfloat16)
        let slope = try Tensor(filledWith: 0.01, shape: [64, 256], type: .float32)
        for step in 0..<300 {
            for (parameter, optimiser) in [(exact, exactOptimiser), (coarse, coarseOptimiser)] {
                try (parameter.working * slope).sum().backward()
                _ = try optimiser.update(step: step, learningRate: 1e-3)
            }
        }
        func mean(_ tensor: Tensor) throws -> Double {
            try tensor.values().reduce(0, +) / Double(tensor.count)
        }
        for (a, b) in [
            (exactOptimiser.slots[0].first, coarseOptimiser.slots[0].first),
            (exactOptimiser.slots[0].second, coarseOptimiser.slots[0].second),
        ] {
            let (expected, found) = try (mean(a), mean(b))
            #expect(abs(found / expected - 1) < 2e-3, "\(found), exactly \(expected)")
        }
        #expect(try distance(exact.stored, coarse.stored) < 0.02)
    }

    @Test func theNarrowCopyFollowsTheWideOne() throws {
        let parameter = try parameter([30, 70], .bfloat16)
        let optimiser = try AdamW([parameter], recipe: Recipe())
        let slope = try random([30, 70], seed: 1).converted(to: .bfloat16)
        try (parameter.working * slope).sum().backward()
        let before = try parameter.stored.values()
        _ = try optimiser.update(step: 0, learningRate: 1e-2)
        #expect(try parameter.stored.values() != before)
        #expect(try distance(parameter.working, parameter.stored.converted(to: .bfloat16)) == 0)
        #expect(parameter.working.gradient() == nil)
    }
}
