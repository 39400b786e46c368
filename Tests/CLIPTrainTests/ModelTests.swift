@testable import CLIPTrain
import Foundation
import Loader
import TestSupport
import Testing

@Suite @TensorActor struct ModelTests {
    private func model(_ configuration: ModelConfiguration, _ precision: Precision = .float64) throws
        -> CLIPModel
    {
        let model = try CLIPModel(configuration, types: precision.types)
        try model.allocate(seed: 3)
        return model
    }

    /// A parameter and the inverse of the variance that its elements must have.
    nonisolated static let variances: [(String, Double)] = [
        ("token_embedding.weight", 2500), ("positional_embedding", 10_000),
        ("transformer.resblocks.1.attn.in_proj_weight", 64),
        ("transformer.resblocks.1.attn.out_proj.weight", 64 * 2 * 2),
        ("transformer.resblocks.0.mlp.c_fc.weight", 2 * 64),
        ("transformer.resblocks.0.mlp.c_proj.weight", 64 * 2 * 2), ("text_projection", 64),
        ("visual.proj", 128),
        ("visual.positional_embedding", 128), ("visual.transformer.resblocks.2.attn.in_proj_weight", 128),
        ("visual.transformer.resblocks.2.mlp.c_proj.weight", 128 * 2 * 3),
        // Uniform in ±1/√fan-in.
        ("visual.conv1.weight", 3 * 64 * 3),
    ]

    @Test(arguments: variances)
    func initialValuesHaveThePapersMoments(name: String, inverseVariance: Double) throws {
        let model = try model(
            ModelConfiguration(
                embedDimension: 64, usesQuickGELU: true,
                vision: .init(imageSize: 64, width: 128, tower: .transformer(layers: 3, patchSize: 8)),
                text: .init(contextLength: 77, vocabularySize: 1000, width: 64, heads: 1, layers: 2)))
        try expectMoments(of: name, in: model, inverseVariance: inverseVariance)
        let temperature = try model.logitScale.stored.item()
        #expect(abs(exp(temperature) - 1 / 0.07) < 1e-9)
    }

    @Test(arguments: [
        // Uniform in ±1/√fan-in.
        ("visual.conv2.weight", 3 * 16 * 9), ("visual.layer2.0.conv2.weight", 3 * 64 * 9),
        ("visual.layer3.0.downsample.0.weight", 3 * 256), ("visual.attnpool.positional_embedding", 1024),
        ("visual.attnpool.q_proj.weight", 1024), ("visual.attnpool.c_proj.weight", 1024),
    ])
    func initialValuesOfAResNetHaveThePapersMoments(name: String, inverseVariance: Int) throws {
        var configuration = tinyModel(resNet: true)
        configuration.vision.width = 32
        try expectMoments(of: name, in: model(configuration), inverseVariance: Double(inverseVariance))
    }

    private func expectMoments(of name: String, in model: CLIPModel, inverseVariance: Double) throws {
        let deviation = 1 / inverseVariance.squareRoot()
        let values = try #require(model.parameters.first { $0.name == name }).stored.values()
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let found = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count).squareRoot()
        // Five standard errors of the mean and of the deviation.
        #expect(abs(mean) < 5 * deviation / count.squareRoot())
        #expect(abs(found / deviation - 1) < 5 / (2 * count).squareRoot())
    }

    @Test func gainsStartAtOneBiasesAtZeroAndTheLastGainOfAResNetBlockAtZero() throws {
        let model = try model(tinyModel(resNet: true))
        for parameter in model.parameters where parameter.name.hasSuffix("bias") {
            #expect(try parameter.stored.values().allSatisfy { $0 == 0 }, "\(parameter.name)")
        }
        for parameter in model.parameters
        where parameter.name.hasSuffix("weight") && parameter.shape.count == 1 {
            let expected =
                parameter.name.hasSuffix("bn3.weight") && parameter.name.contains("layer") ? 0.0 : 1
            #expect(try parameter.stored.values().allSatisfy { $0 == expected }, "\(parameter.name)")
        }
    }

    @Test func theLossHasItsKnownValues() throws {
        let model = try model(tinyModel())
        // Equal features for all pairs: nothing can be told apart, the loss is ln(count).
        let same = try Tensor(filledWith: 0.25, shape: [8, 16], type: .float64)
        #expect(abs(try model.loss(images: same, texts: same).item() - log(8)) < 1e-12)
        // Two pairs with cosines 1 and 0: each row's loss is ln(1 + e^-s).
        let scale = 1 / 0.07
        let identity = try [1.0, 0, 0, 1].withUnsafeBytes {
            try Tensor(bytes: $0, shape: [2, 2], type: .float64)
        }
        #expect(abs(try model.loss(images: identity, texts: identity).item() - log1p(exp(-scale))) < 1e-14)
        // The mean of the cross-entropies over rows and over columns, by hand.
        let images = try random([3, 5], seed: 1).normalizedRows()
        let texts = try random([3, 5], seed: 2).normalizedRows()
        let (a, b) = try (images.values(), texts.values())
        func logit(_ i: Int, _ j: Int) -> Double {
            (0..<5).reduce(0.0) { $0 + a[i * 5 + $1] * b[j * 5 + $1] } * scale
        }
        let logits = (0..<3).map { i in (0..<3).map { logit(i, $0) } }
        func entropy(_ row: [Double], _ label: Int) -> Double { log(row.map(exp).reduce(0, +)) - row[label] }
        let rows = (0..<3).map { entropy(logits[$0], $0) }.reduce(0, +) / 3
        let columns = (0..<3).map { j in entropy(logits.map { $0[j] }, j) }.reduce(0, +) / 3
        #expect(abs(try model.loss(images: images, texts: texts).item() - (rows + columns) / 2) < 1e-12)
    }

    @Test(arguments: [(true, false), (false, false), (true, true)])
    func gradientsOfTheWholeModelEqualFiniteDifferences(quickGELU: Bool, resNet: Bool) throws {
        let model = try model(tinyModel(quickGELU: quickGELU, resNet: resNet))
        let batch = SyntheticSource(pairs: 8, batchSize: 4, imageSize: resNet ? 32 : 16).batch(0)
        // Zero gains would leave nothing to check behind them; zero biases put dead channels on a ReLU's kink.
        for (index, parameter) in model.learnt.enumerated() where parameter.shape.count == 1 {
            try parameter.assign(random(parameter.shape, seed: UInt64(index)))
        }
        let chosen = model.learnt.enumerated().filter { $0.offset % 3 == 0 }.map(\.element.working)
        let error = try gradientError(chosen) {
            try model.loss(
                images: model.imageFeatures(batch.pictures(0..<4), .recompute),
                texts: model.textFeatures(batch.texts(0..<4)))
        }
        #expect(error < 1e-5)
    }

    @Test func packedTextsEqualEachTextAlone() throws {
        let model = try model(tinyModel())
        let texts = [[98, 5, 6, 99], [98, 99], [98, 1, 2, 3, 4, 5, 6, 7, 99]]
        let together = try model.textFeatures(PackedTexts(texts)).values()
        let alone = try texts.flatMap { try model.textFeatures(PackedTexts([$0])).values() }
        #expect(zip(together, alone).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func whatFollowsTheEndTokenDoesNotMatter() throws {
        // Padding after the end computed as well, read at the end token: the padded computation of other programs.
        let model = try model(tinyModel(), .float32)
        let text = [98, 5, 6, 7, 99]
        let packed = try model.textFeatures(PackedTexts([text]))
        let padded = PackedTexts([text + Array(repeating: 0, count: 7)])
        var rows =
            try model.text.tokenTable.working.rows(.indices(padded.tokens))
            + model.text.positions.working.rows(.indices(padded.positions))
        for block in model.text.transformer.blocks { rows = try block(rows, padded.sequences) }
        let read = try model.text.exitNorm(rows.rows(.indices([text.count - 1])))
        let expected = try read.linear(weight: model.text.projection.working.transposed()).normalizedRows()
        #expect(try distance(packed, expected) < 1e-5)
    }

    @Test func lowPrecisionStaysNear() throws {
        let exact = try model(tinyModel())
        let coarse = try model(tinyModel(), .bfloat16)
        for (a, b) in zip(coarse.parameters, exact.parameters) { try a.assign(b.stored) }
        let batch = SyntheticSource().batch(0)
        let expected = try exact.features(of: batch)
        let found = try coarse.features(of: batch)
        let worst = zip(found.images.joined(), expected.images.joined()).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 0.05 && worst > 0)
    }
}
