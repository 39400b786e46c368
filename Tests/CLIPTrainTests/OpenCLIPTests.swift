@testable import CLIPTrain
import Foundation
import Loader
import TestSupport
import Testing

/// A Python with `open_clip_torch`; without one these tests are skipped.
private let python = ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"]

@Suite(.enabled(if: python != nil, "WIT_TEST_PYTHON names no Python with open_clip_torch"))
@TensorActor struct OpenCLIPTests {
    struct Answer: Decodable {
        struct Step: Decodable {
            var loss, norm, scale: Double
        }
        var version, torch: String
        var steps: [Step]
    }

    nonisolated static let models: [(String, ModelConfiguration)] = [
        ("ViT", tinyModel()), ("ViT, GELU", tinyModel(quickGELU: false)), ("ResNet", tinyModel(resNet: true)),
    ]

    @Test(arguments: models)
    func openCLIPLoadsTheCheckpointAndTrainsTheSame(name: String, configuration: ModelConfiguration) throws {
        let folder = try TemporaryFolder()
        let steps = 20
        var recipe = Recipe()
        recipe.learningRate = 1e-3
        recipe.warmUpSteps = 5
        if case .resNet = configuration.vision.tower { (recipe.beta2, recipe.epsilon) = (0.999, 1e-8) }
        let model = try CLIPModel(configuration, types: Precision.float64.types)
        try model.allocate(seed: 4)
        let optimiser = try AdamW(model.learnt, recipe: recipe)
        let training = TrainConfiguration(model: configuration, recipe: recipe, output: folder.file("run"))
        let state = TrainState(step: 0, data: "", configuration: training, recentLosses: [])
        let checkpoint = try Checkpoint.write(model, optimiser, state: state, kept: 1)
        let source = SyntheticSource(imageSize: configuration.vision.imageSize)
        let batches = (0..<4).map { source.batch($0) }
        try save(batches, to: folder.file("batches.safetensors"))
        let answer = try ask(
            checkpoint, folder, "float64", "\(steps)", "\(recipe.learningRate)", "\(recipe.warmUpSteps)")

        let expected = try SafetensorsReader(folder.file("answer.safetensors"))
        let found = try model.features(of: batches[0])
        let theirs = try expected.tensor("image").values() + expected.tensor("text").values()
        let ours = Array(found.images.joined()) + Array(found.texts.joined())
        let worstFeature = zip(ours, theirs).map { abs($0 - $1) }.max() ?? 1
        #expect(worstFeature < 1e-5)

        let step = TrainingStep(model: model, optimiser: optimiser, microBatch: nil)
        var worst = 0.0
        for (index, their) in answer.steps.enumerated() {
            let rate = recipe.learningRate(at: index, of: steps)
            let ours = try step(batches[index % 4], step: index, learningRate: rate)
            let scale = try exp(model.logitScale.stored.item())
            worst = max(worst, abs(ours.loss / their.loss - 1), abs(ours.gradientNorm / their.norm - 1))
            worst = max(worst, abs(scale / their.scale - 1))
        }
        print(
            "\(name) beside open_clip \(answer.version), torch \(answer.torch): features within \(worstFeature), "
                + "\(steps) steps of loss, gradient norm and temperature within \(worst) relative")
        #expect(answer.steps.count == steps && worst < 1e-8)
    }

    private func save(_ batches: [Batch], to path: String) throws {
        let pictures = try batches.map {
            try $0.pictures(0..<$0.count).reshaped([1, $0.count, 3, $0.imageSize, -1])
        }
        let tokens = try batches.map { batch in
            try batch.tokens.withUnsafeBytes {
                try Tensor(bytes: $0, shape: [1, batch.count, batch.contextLength], type: .int32)
            }
        }
        let file = try DurableFile(creating: path)
        try Safetensors.write(
            [
                (name: "images", tensor: .concatenated(pictures, dimension: 0)),
                (name: "tokens", tensor: .concatenated(tokens, dimension: 0)),
            ], to: file)
        try file.close()
    }

    private func ask(_ checkpoint: Checkpoint, _ folder: TemporaryFolder, _ arguments: String...) throws
        -> Answer
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments =
            [
                "-c", openCLIPScript, checkpoint.folder, folder.file("batches.safetensors"),
                folder.file("answer"),
            ]
            + arguments
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode(
            Answer.self, from: Data(contentsOf: URL(fileURLWithPath: folder.file("answer"))))
    }
}
