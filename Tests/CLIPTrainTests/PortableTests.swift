@testable import CLIPTrain
import Testing

internal import CTorch

/// What other devices compute, by LibTorch's own operations, beside our kernels on this one.
@Suite(.serialized) @TensorActor struct PortableTests {
    @Test(arguments: [false, true], [Precision.float32, .float64, .bfloat16])
    func aStepWithoutKernelsEqualsOneWithThem(resNet: Bool, precision: Precision) throws {
        func step(kernels: Bool) throws -> (TrainingStep.Outcome, [Parameter]) {
            #expect(ctorch_set_kernels(kernels))
            defer { _ = ctorch_set_kernels(true) }
            let configuration = tinyModel(resNet: resNet)
            let model = try CLIPModel(configuration, types: precision.types)
            try model.allocate(seed: 5)
            let step = TrainingStep(
                model: model, optimiser: try AdamW(model.learnt, recipe: Recipe()), microBatch: nil)
            let batch = SyntheticSource(imageSize: configuration.vision.imageSize).batch(0)
            return (try step(batch, step: 0, learningRate: 1e-2), model.learnt)
        }
        let (ours, theirs) = try (step(kernels: true), step(kernels: false))
        let tolerance = [Precision.float64: 1e-12, .float32: 1e-4][precision] ?? 0.05
        #expect(abs(ours.0.loss / theirs.0.loss - 1) < tolerance)
        #expect(abs(ours.0.gradientNorm / theirs.0.gradientNorm - 1) < 4 * tolerance)
    }

    @Test func aDeviceThatIsNotThereIsAnError() throws {
        #expect(throws: CLIPTrainError.self) { try TensorLibrary.setDevice("cuda") }
        #expect(throws: CLIPTrainError.self) { try TensorLibrary.setDevice("no such device") }
        try TensorLibrary.setDevice("cpu")
    }
}
