@testable import CLIPTrain
import Foundation
import Testing

@Suite @TensorActor struct TrainingStepTests {
    private func step(
        _ configuration: ModelConfiguration, _ precision: Precision, microBatch: Int? = nil,
        recomputed: Bool = false
    ) throws -> TrainingStep {
        let model = try CLIPModel(configuration, types: precision.types, recomputed: recomputed)
        try model.allocate(seed: 1)
        let optimiser = try AdamW(model.learnt, recipe: Recipe())
        return TrainingStep(model: model, optimiser: optimiser, microBatch: microBatch)
    }

    @Test func theTemperatureIsLimited() throws {
        let step = try step(tinyModel(), .float32)
        try step.model.logitScale.assign(Tensor(filledWith: 5, shape: [], type: .float32))
        _ = try step(SyntheticSource().batch(0), step: 0, learningRate: 0.01)
        #expect(abs(try exp(step.model.logitScale.stored.item()) - 100) < 1e-3)
    }

    @Test func partsOfABatchGiveTheGradientOfTheWhole() throws {
        let (whole, parts) = try (step(tinyModel(), .float64), step(tinyModel(), .float64, microBatch: 5))
        let batch = SyntheticSource().batch(0)
        #expect(try abs(whole.backward(batch).loss - parts.backward(batch).loss) < 1e-13)
        for (a, b) in zip(whole.model.learnt, parts.model.learnt) {
            let (expected, found) = try (#require(a.working.gradient()), #require(b.working.gradient()))
            #expect(try distance(expected, found) < 1e-12, "\(a.name)")
        }
    }

    @Test(arguments: [false, true], [Precision.float32, .bfloat16])
    func recomputedBlocksGiveTheSameBits(resNet: Bool, precision: Precision) throws {
        let configuration = tinyModel(resNet: resNet)
        let batch = SyntheticSource(imageSize: configuration.vision.imageSize).batch(0)
        for microBatch in [nil, 8] {
            let (plain, recomputed) = try (
                step(configuration, precision, microBatch: microBatch),
                step(configuration, precision, microBatch: microBatch, recomputed: true)
            )
            #expect(try plain.backward(batch).loss == recomputed.backward(batch).loss)
            for (a, b) in zip(plain.model.learnt, recomputed.model.learnt) {
                let (expected, found) = try (#require(a.working.gradient()), #require(b.working.gradient()))
                #expect(try distance(expected, found) == 0, "\(a.name)")
            }
            for (a, b) in zip(plain.model.parameters, recomputed.model.parameters)
            where a.role == .statistic {
                #expect(try distance(a.stored, b.stored) == 0, "\(a.name)")
            }
        }
    }

    @Test(arguments: [0, 1])
    func aBatchWithoutCompanyChangesNothing(pairs: Int) throws {
        let step = try step(tinyModel(), .float32)
        let before = try step.model.parameters.map { try $0.stored.values() }
        let batch = SyntheticSource(pairs: 4, batchSize: 4).batch(0).prefix(pairs)
        let outcome = try step(batch, step: 0, learningRate: 0.1)
        #expect(outcome.loss == 0 && outcome.gradientNorm == 0)
        #expect(try step.model.parameters.map { try $0.stored.values() } == before)
    }

    @Test func partsMoveRunningStatisticsOnce() throws {
        let (whole, parts) = try (
            step(tinyModel(resNet: true), .float64), step(tinyModel(resNet: true), .float64, microBatch: 8)
        )
        let source = SyntheticSource(imageSize: 32)
        _ = try parts.backward(source.batch(0))
        // The two halves, each once.
        try Tensor.withoutRecording {
            for part in [0..<8, 8..<16] {
                _ = try whole.model.imageFeatures(source.batch(0).pictures(part), .train)
            }
        }
        for (a, b) in zip(whole.model.parameters, parts.model.parameters) where a.role == .statistic {
            #expect(try distance(a.stored, b.stored) == 0, "\(a.name)")
        }
    }
}
