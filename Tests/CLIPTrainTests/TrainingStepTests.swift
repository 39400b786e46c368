@testable import CLIPTrain
import Foundation
import Testing

@Suite @TensorActor struct TrainingStepTests {
    private func step(
        _ configuration: ModelConfiguration, _ precision: Precision, microBatch: Int? = nil
    ) throws -> TrainingStep {
        let model = try CLIPModel(configuration, types: precision.types)
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
        #expect(try abs(whole.backward(batch) - parts.backward(batch)) < 1e-13)
        for (a, b) in zip(whole.model.learnt, parts.model.learnt) {
            let (expected, found) = try (#require(a.working.gradient()), #require(b.working.gradient()))
            #expect(try distance(expected, found) < 1e-12, "\(a.name)")
        }
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
