import CLIPTrain
import Foundation
import Loader

/// Trains on batches and from weights that `parity.py` wrote, and prints what it found as JSON.
struct Parity {
    let folder: String
    let options: Options

    /// What comparing needs.
    private struct Answer: Encodable {
        var libtorch = TensorLibrary.version
        /// Unit-length features of the first batch under the first weights.
        var images: [[Double]]
        var texts: [[Double]]
        var steps: [StepReport] = []
    }

    func run() async throws {
        var configuration = try TrainConfiguration(
            model: ModelConfiguration(named: options.model), recipe: Recipe(modelNamed: options.model),
            output: folder + "/run-" + options.precision.rawValue)
        configuration.recipe.learningRate = options.learningRate
        configuration.recipe.warmUpSteps = options.warmUp
        configuration.recipe.epochs = options.steps
        configuration.precision = options.precision
        configuration.threads = options.threads
        configuration.initialWeights = folder + "/weights.safetensors"
        let source = try StoredBatches(folder, options, configuration.model)
        let trainer = try await Trainer(configuration, source: source)
        let features = try await trainer.model.features(of: source.batches[0])
        var answer = Answer(images: features.images, texts: features.texts)
        _ = try await trainer.run { _ in }
        let lines = try String(contentsOfFile: configuration.output + "/metrics.jsonl", encoding: .utf8)
        answer.steps = try lines.split(separator: "\n").map {
            try JSONDecoder().decode(StepReport.self, from: Data($0.utf8))
        }
        print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
    }
}

/// The batches of `parity.py`, again and again.
private struct StoredBatches: BatchSource {
    let batches: [Batch]
    var identity: String { "stored" }
    var batchesPerEpoch: Int { 1 }

    init(_ folder: String, _ options: Options, _ model: ModelConfiguration) throws {
        func numbers<Number: BitwiseCopyable>(_ name: String, _: Number.Type) throws -> [Number] {
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
            return data.withUnsafeBytes { Array($0.bindMemory(to: Number.self)) }
        }
        let images = try numbers("images.bin", Float.self)
        let tokens = try numbers("tokens.bin", Int32.self)
        let lengths = try numbers("lengths.bin", Int32.self)
        let (side, context, size) = (model.vision.imageSize, model.text.contextLength, options.batch)
        let pixels = size * 3 * side * side
        batches = (0..<lengths.count / size).map { index in
            Batch(
                images: ContiguousArray(images[index * pixels..<(index + 1) * pixels]), imageSize: side,
                tokens: ContiguousArray(tokens[index * size * context..<(index + 1) * size * context]),
                contextLength: context,
                lengths: ContiguousArray(lengths[index * size..<(index + 1) * size]),
                keys: (0..<size).map { "\($0)" })
        }
    }

    func batches(epochs: Range<Int>, from batch: Int) -> AsyncThrowingStream<Batch, any Error> {
        AsyncThrowingStream { continuation in
            for epoch in epochs { continuation.yield(batches[epoch % batches.count]) }
            continuation.finish()
        }
    }
}
