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
        let (step, checkpoint) = try start(configuration, recipe, folder)
        let source = SyntheticSource(imageSize: configuration.vision.imageSize)
        let batches = (0..<4).map { source.batch($0) }
        try save(batches, to: folder.file("batches.safetensors"))
        try ask(
            openCLIPScript,
            [checkpoint.folder, folder.file("batches.safetensors"), folder.file("answer"), "float64"]
                + ["\(steps)", "\(recipe.learningRate)", "\(recipe.warmUpSteps)"])
        let answer = try JSONDecoder().decode(
            Answer.self, from: Data(contentsOf: URL(fileURLWithPath: folder.file("answer"))))

        let expected = try SafetensorsReader(folder.file("answer.safetensors"))
        let found = try step.model.features(of: batches[0])
        let theirs = try expected.tensor("image").values() + expected.tensor("text").values()
        let ours = Array(found.images.joined()) + Array(found.texts.joined())
        let worstFeature = zip(ours, theirs).map { abs($0 - $1) }.max() ?? 1
        #expect(worstFeature < 1e-5)

        var worst = 0.0
        for (index, their) in answer.steps.enumerated() {
            let rate = recipe.learningRate(at: index, of: steps)
            let ours = try step(batches[index % 4], step: index, learningRate: rate)
            let scale = try exp(step.model.logitScale.stored.item())
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

    private func ask(_ script: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = ["-c", script] + arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    /// A model in double precision, and the checkpoint of its initial values.
    private func start(
        _ configuration: ModelConfiguration, _ recipe: Recipe, _ folder: TemporaryFolder,
        microBatch: Int? = nil
    ) throws -> (TrainingStep, Checkpoint) {
        let model = try CLIPModel(configuration, types: Precision.float64.types)
        try model.allocate(seed: 4)
        let optimiser = try AdamW(model.learnt, recipe: recipe)
        let training = TrainConfiguration(model: configuration, recipe: recipe, output: folder.file("run"))
        let state = TrainState(step: 0, data: "", configuration: training, recentLosses: [])
        let checkpoint = try Checkpoint.write(model, optimiser, state: state, kept: 1)
        return (TrainingStep(model: model, optimiser: optimiser, microBatch: microBatch), checkpoint)
    }

    @Test func partsOfABatchGiveOpenCLIPsGradients() throws {
        let models = try [tinyModel(), tinyModel(resNet: true)].map { configuration in
            let folder = try TemporaryFolder()
            let (step, checkpoint) = try start(configuration, Recipe(), folder, microBatch: 8)
            let batch = SyntheticSource(imageSize: configuration.vision.imageSize).batch(0)
            try save([batch], to: folder.file("batches"))
            return (folder, step, checkpoint, batch)
        }
        try ask(
            openCLIPAccumulationScript,
            models.flatMap { folder, _, checkpoint, _ in
                [checkpoint.folder, folder.file("batches"), folder.file("gradients")]
            })
        for (folder, step, _, batch) in models {
            _ = try step.backward(batch)
            let theirs = try SafetensorsReader(folder.file("gradients"))
            for parameter in step.model.learnt {
                // OpenCLIP adds up the temperature's gradient once a part, of which there are two.
                let expected = try theirs.tensor(parameter.name) * (parameter.name == "logit_scale" ? 0.5 : 1)
                let found = try #require(parameter.working.gradient())
                let size = try expected.squareSum().squareRoot()
                #expect(try distance(found, expected) <= 1e-10 * max(size, 1e-3), "\(parameter.name)")
            }
        }
    }

    /// A model whose weights have gone out in some format.
    private struct Exported {
        let format: WeightFormat
        let folder: TemporaryFolder
        let model: CLIPModel
        let batch: Batch

        var arguments: [String] {
            ["model", "batches", "features", "weights"].map(folder.file) + [format.rawValue]
        }
    }

    @Test func weightsOfEveryFormatGoBothWays() throws {
        let configurations = [tinyModel(), tinyModel(resNet: true)]
        let all = try configurations.flatMap { configuration in
            try WeightFormat.allCases.map { format in
                let folder = try TemporaryFolder()
                let model = try CLIPModel(configuration)
                try model.allocate(seed: 6)
                let batch = SyntheticSource(imageSize: configuration.vision.imageSize).batch(0)
                try save([batch], to: folder.file("batches"))
                try Checkpoint.export(model, as: format, to: folder.file("model"))
                return Exported(format: format, folder: folder, model: model, batch: batch)
            }
        }
        try ask(openCLIPFormatScript, all.flatMap(\.arguments))
        for exported in all {
            // What the format holds of our weights.
            let model = exported.model
            try model.load(exported.folder.file("model/open_clip_model.safetensors"))
            let found = try model.features(of: exported.batch)
            let expected = try SafetensorsReader(exported.folder.file("features"))
            for (ours, name) in [(found.images, "image"), (found.texts, "text")] {
                let theirs = try expected.tensor(name).values()
                #expect(zip(ours.joined(), theirs).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
            }
            let back = try CLIPModel(model.configuration)
            try back.allocate(seed: 7)
            try back.load(exported.folder.file("weights"))
            for (a, b) in zip(model.parameters, back.parameters) {
                #expect(try distance(a.stored, b.stored) == 0, "\(exported.format) \(a.name)")
            }
        }
    }

    @Test func openCLIPsOwnConfigurationsOfThePapersModelsAreTheSame() throws {
        let folder = try TemporaryFolder()
        let script =
            "import open_clip, os, sys; open(sys.argv[1], 'w').write(os.path.dirname(open_clip.__file__))"
        try ask(script, [folder.file("place")])
        let place = try String(contentsOfFile: folder.file("place"), encoding: .utf8) + "/model_configs/"
        for name in ModelConfiguration.names where !name.hasPrefix("wit-") {
            let file = name.replacingOccurrences(of: "/", with: "-").replacingOccurrences(of: "@", with: "-")
            var expected = try ModelConfiguration(named: name)
            // OpenCLIP has a file with QuickGELU for some; the plain file is the same model with GELU.
            let quick = place + file + "-quickgelu.json"
            if FileManager.default.fileExists(atPath: quick) {
                #expect(try ModelConfiguration(contentsOf: quick) == expected, "\(name)")
            }
            expected.usesQuickGELU = false
            #expect(try ModelConfiguration(contentsOf: place + file + ".json") == expected, "\(name)")
        }
    }
}
