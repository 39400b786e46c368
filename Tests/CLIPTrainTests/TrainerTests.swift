@testable import CLIPTrain
import Foundation
import Loader
import Synchronization
import TestSupport
import Testing

@Suite struct TrainerTests {
    private func configuration(_ folder: TemporaryFolder, epochs: Int = 3) -> TrainConfiguration {
        var recipe = Recipe()
        recipe.epochs = epochs
        recipe.learningRate = 3e-3
        recipe.warmUpSteps = 5
        recipe.weightDecay = 0.1
        return TrainConfiguration(model: tinyModel(), recipe: recipe, output: folder.file("run"))
    }

    /// The bytes of what a run leaves: weights and moments.
    private func result(_ checkpoint: String) throws -> [Data] {
        try ["open_clip_model.safetensors", "train_state.safetensors"].map {
            try Data(contentsOf: URL(fileURLWithPath: checkpoint + "/" + $0))
        }
    }

    private func run(
        _ configuration: TrainConfiguration, _ source: SyntheticSource = SyntheticSource()
    ) async throws -> (report: TrainReport, steps: [StepReport]) {
        let steps = Mutex<[StepReport]>([])
        let report = try await Trainer(configuration, source: source).run { step in
            steps.withLock { $0.append(step) }
        }
        return (report, steps.withLock { $0 })
    }

    @Test(arguments: [Precision.float32, .bfloat16])
    func theLossFallsAndTheRightPartnerIsFound(precision: Precision) async throws {
        let folder = try TemporaryFolder()
        var configuration = configuration(folder, epochs: 60)
        configuration.precision = precision
        let source = SyntheticSource()
        let report = try await Trainer(configuration, source: source, heldOut: source).run { _ in }
        let retrieval = try #require(report.retrieval)
        print(
            "\(precision): loss \(report.loss), guessing \(report.chanceLoss), recall \(retrieval.imageToText)"
        )
        #expect(report.finished && report.steps == 240)
        #expect(report.loss < 0.4 * report.chanceLoss)
        #expect(retrieval.imageToText.at1 > 8 * retrieval.chance.at1)
        let page = try String(contentsOfFile: folder.file("run/report.html"), encoding: .utf8)
        #expect(page.contains("<polyline") && !page.contains("http"))
    }

    /// Activations of a megabyte and more, so that LibTorch's convolutions take and free their own blocks through the
    /// block cache.
    @Test(arguments: [Precision.float32, .bfloat16])
    func aResNetThatIsNotTinyTrains(precision: Precision) async throws {
        let folder = try TemporaryFolder()
        var configuration = configuration(folder, epochs: 2)
        configuration.model.vision = .init(
            imageSize: 64, width: 32, tower: .resNet(blocks: [1, 2, 1, 1]), headWidth: 64)
        configuration.precision = precision
        configuration.threads = 2
        let (report, steps) = try await run(
            configuration, SyntheticSource(pairs: 64, batchSize: 32, imageSize: 64))
        #expect(report.finished && steps.count == 4)
        #expect(steps.allSatisfy { $0.loss.isFinite && $0.gradientNorm > 0 })
    }

    @Test func batchesWithoutCompanyAreStepsThatTeachNothing() async throws {
        let folder = try TemporaryFolder()
        var source = SyntheticSource()
        source.rowsLeft = [1: 0, 3: 1, 6: 2]
        let (report, steps) = try await run(configuration(folder), source)
        #expect(report.finished && report.steps == 12)
        #expect(steps.map(\.pairs) == [16, 0, 16, 1, 16, 16, 2, 16, 16, 16, 16, 16])
        #expect(steps[1].loss == 0 && steps[3].gradientNorm == 0 && steps[6].loss > 0)
        #expect(steps[1].logitScale == steps[0].logitScale)
    }

    @Test func theModelIsEvaluatedWhenAskedAndAtTheEnd() async throws {
        let folder = try TemporaryFolder()
        var configuration = configuration(folder)
        configuration.evaluationSteps = 5
        configuration.export = .float16
        let trainer = try await Trainer(
            configuration, source: SyntheticSource(), heldOut: SyntheticSource(pairs: 32))
        let evaluated = Mutex<[Int]>([])
        let report = try await trainer.run { step in
            if step.evaluation != nil { evaluated.withLock { $0.append(step.step) } }
        }
        #expect(evaluated.withLock { $0 } == [5, 10])
        #expect(report.retrieval?.pairs == 32)
        let logged = MetricsLog.reports(folder.file("run/metrics.jsonl"))
        #expect(logged[4].evaluation?.retrieval.candidates == 16)
        #expect(logged.allSatisfy { ($0.inBatch?.pairs ?? 0) == 16 })
        let exported = try SafetensorsReader(folder.file("run/openclip-float16/open_clip_model.safetensors"))
        #expect(exported.entries.values.allSatisfy { $0.dtype == "F16" })
    }

    @Test func reportsAreCompleteAndInTheLogUnderTheirNames() async throws {
        let folder = try TemporaryFolder()
        let (report, steps) = try await run(configuration(folder))
        #expect(steps.map(\.step) == Array(1...12))
        #expect(steps.map(\.epoch) == (0..<12).map { $0 / 4 })
        #expect(
            steps.allSatisfy {
                (0...1).contains($0.dataWait) && $0.samplesPerSecond > 0 && $0.gradientNorm > 0
            })
        #expect(steps.last?.secondsLeft == 0 && report.chanceLoss == log(16))
        let lines = try String(contentsOfFile: folder.file("run/metrics.jsonl"), encoding: .utf8).split(
            separator: "\n")
        let object = try JSONSerialization.jsonObject(with: Data(lines[11].utf8)) as? [String: Any]
        for name in ["step", "epoch", "loss", "logit_scale", "lr", "samples_per_second", "data_wait"] {
            #expect(object?[name] is NSNumber, "\(name)")
        }
        #expect(lines.count == 12)
    }

    @Test(arguments: [Precision.float32, .bfloat16], [1, 4, 7])
    func aResumedRunEqualsAnUninterruptedOne(precision: Precision, stop: Int) async throws {
        let folder = try TemporaryFolder()
        var whole = configuration(folder)
        whole.precision = precision
        let expected = try await run(whole)
        var parts = whole
        parts.output = folder.file("parts")
        parts.maxSteps = stop
        _ = try await run(parts)
        parts.maxSteps = nil
        parts.resume = .auto
        let rest = try await run(parts)
        #expect(rest.steps.map(\.loss) == expected.steps.dropFirst(stop).map(\.loss))
        #expect(try result(rest.report.checkpoint) == result(expected.report.checkpoint))
        #expect(MetricsLog.reports(folder.file("parts/metrics.jsonl")).map(\.step) == Array(1...12))
        #expect(rest.report.loss == expected.report.loss)
    }

    @Test func stopSavesAndEndsAfterTheStep() async throws {
        let folder = try TemporaryFolder()
        let trainer = try await Trainer(configuration(folder), source: SyntheticSource())
        let report = try await trainer.run { if $0.step == 5 { trainer.stop() } }
        #expect(report.steps == 5 && !report.finished)
        #expect(try Checkpoint(folder: report.checkpoint).state().step == 5)
    }

    @Test func aLossThatIsNotFiniteStopsTheRunAndNamesTheKeys() async throws {
        let folder = try TemporaryFolder()
        var source = SyntheticSource()
        source.spoiltBatch = 2
        let error = await #expect(throws: CLIPTrainError.self) {
            try await Trainer(configuration(folder), source: source).run { _ in }
        }
        let key = source.batch(2).keys[0]
        #expect(error?.code == .notFinite)
        #expect(error?.description.contains("step 3 ") == true && error?.description.contains(key) == true)
        #expect(Checkpoint.all(in: folder.file("run")).isEmpty)
    }

    @Test func aCheckpointOfSomethingElseIsRefused() async throws {
        let folder = try TemporaryFolder()
        var first = configuration(folder)
        first.maxSteps = 2
        _ = try await run(first)
        await #expect(throws: CLIPTrainError.self, "resuming was not asked for") { try await run(first) }
        first.resume = .auto
        var changes: [TrainConfiguration] = [first, first, first]
        changes[0].recipe.learningRate = 1
        changes[1].model = tinyModel(quickGELU: false)
        changes[2].precision = .float64
        for change in changes {
            let error = await #expect(throws: CLIPTrainError.self) { try await run(change) }
            #expect(error?.code == .checkpoint)
        }
        var other = SyntheticSource()
        other.seed = 2
        let error = await #expect(throws: CLIPTrainError.self) { try await run(first, other) }
        #expect(error?.description.contains("data set") == true)
    }

    @Test func onlyTheLastCheckpointsAreKept() async throws {
        let folder = try TemporaryFolder()
        var configuration = configuration(folder)
        configuration.checkpointSeconds = 1e-9
        configuration.keptCheckpoints = 2
        _ = try await run(configuration)
        #expect(try Checkpoint.all(in: folder.file("run")).map { try $0.state().step } == [11, 12])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("run"))
        #expect(!names.contains { $0.hasPrefix(".partial") })
    }

    @Test func aBadConfigurationIsRefusedByName() async throws {
        let folder = try TemporaryFolder()
        var bad = configuration(folder)
        bad.recipe.beta2 = 1
        let error = await #expect(throws: CLIPTrainError.self) { try await run(bad) }
        #expect(error?.description.contains("beta2") == true)
    }
}
