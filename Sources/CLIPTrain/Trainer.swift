import Foundation
internal import Loader

/// Trains a CLIP model from batches, writes checkpoints, stops and goes on exactly.
///
///     let trainer = try Trainer(configuration, source: loader, heldOut: heldOutLoader)
///     let report = try await trainer.run { step in print(step.loss) }
///
/// For equal data, configuration, threads and machine a run gives equal bits, interrupted or not.
@TensorActor
public final class Trainer {
    /// What was asked for.
    public let configuration: TrainConfiguration
    /// The model in training.
    public let model: CLIPModel
    private let source: any BatchSource
    private let heldOut: (any BatchSource)?
    private let classes: ZeroShotClasses?
    private let group: ProcessGroup?
    private var evaluated: (step: Int, result: Evaluation)?
    private let step: TrainingStep
    private let stopping = StopFlag()
    private var done = 0
    private var recentLosses: [Double] = []
    private var batchSize = 1

    /// Builds the model, from initial values or from where `configuration.resume` says.
    ///
    /// - Parameters:
    ///   - source: The training pairs.
    ///   - heldOut: Pairs that are only evaluated on.
    ///   - classes: What held-out pictures are told apart by.
    ///   - group: The other processes of the run, whose sources give the other rows of each batch. The first process
    ///     alone evaluates and writes.
    /// - Throws: `CLIPTrainError` for a configuration that cannot work, a checkpoint that does not match the model,
    ///   the recipe or the data, or an output folder that has checkpoints while resuming was not asked for.
    public init(
        _ configuration: TrainConfiguration, source: any BatchSource, heldOut: (any BatchSource)? = nil,
        classes: ZeroShotClasses? = nil, group: ProcessGroup? = nil
    ) throws {
        try configuration.validate()
        guard source.batchesPerEpoch > 0 else {
            throw CLIPTrainError(.data, "there is not one batch to train on")
        }
        let start = try Self.start(of: configuration)
        try Self.create(folder: configuration.output)
        try TensorLibrary.setThreads(configuration.threads)
        self.configuration = configuration
        self.source = source
        self.heldOut = heldOut
        self.classes = classes
        self.group = group
        model = try CLIPModel(
            configuration.model, types: configuration.precision.types,
            recomputed: configuration.recomputesBlocks)
        try model.allocate(seed: configuration.seed)
        let optimiser = try AdamW(model.learnt, recipe: configuration.recipe)
        step = TrainingStep(
            model: model, optimiser: optimiser, microBatch: configuration.microBatch, group: group)
        if let start {
            try resume(from: start)
        } else if let weights = configuration.initialWeights {
            try model.load(weights, interpolating: true)
        }
    }

    /// Steps of the whole run.
    public var steps: Int { configuration.recipe.epochs * source.batchesPerEpoch }

    /// Asks the run to save and end after the step it is in; may be called from any thread.
    public nonisolated func stop() { stopping.raise() }

    /// Trains to the end, or until `stop`, writing `metrics.jsonl`, checkpoints and `report.html` to the output folder.
    ///
    /// - Parameter progress: Called after every step, on the tensor thread.
    /// - Throws: `CLIPTrainError` when the loss is no longer finite, naming the step and the keys; whatever the source
    ///   throws. The last checkpoint stays.
    public func run(progress: @Sendable (StepReport) -> Void) async throws -> TrainReport {
        let began = ContinuousClock.now
        let metrics = isFirst ? try MetricsLog(metricsFile, keepingUpTo: done) : nil
        var pace = Pace(began: began, done: done, last: lastStep)
        var saved: (at: ContinuousClock.Instant, step: Int)? = nil
        if done < lastStep {
            let epoch = done / source.batchesPerEpoch
            let rest = source.batches(
                epochs: epoch..<configuration.recipe.epochs, from: done % source.batchesPerEpoch)
            for try await batch in rest {
                pace.arrived()
                var report = try learn(from: batch)
                pace.finished(report.pairs, &report)
                if isEvaluationDue {
                    report.evaluation = try await evaluate()
                    pace.leaveOutTimeUntilNow()
                }
                try metrics?.append(report)
                if isFirst { progress(report) }
                if isFirst,
                    (ContinuousClock.now - (saved?.at ?? began)).seconds >= configuration.checkpointSeconds
                {
                    _ = try save()
                    saved = (.now, done)
                    pace.leaveOutTimeUntilNow()
                }
                if try done >= lastStep || isStopAgreed() { break }
            }
        }
        let isSaved = saved?.step == done || !isFirst
        let checkpoint = try isSaved ? Checkpoint(step: done, in: configuration.output) : save()
        return try await finish(checkpoint, began: began)
    }

    /// Whether this process is the one that evaluates and writes.
    private var isFirst: Bool { group.map { $0.placement.rank == 0 } ?? true }

    /// Whether any process was asked to stop: all end after the same step.
    private func isStopAgreed() throws -> Bool {
        guard let group else { return stopping.isRaised }
        return try group.gathered(stopping.isRaised ? 1 : 0).contains(1)
    }

    private var metricsFile: String { configuration.output + "/metrics.jsonl" }

    private var lastStep: Int { min(steps, configuration.maxSteps ?? steps) }

    /// One step; the figures of its pace are still open.
    private func learn(from batch: Batch) throws -> StepReport {
        let rate = configuration.recipe.learningRate(at: done, of: steps)
        let outcome = try step(batch, step: done, learningRate: rate)
        guard outcome.loss.isFinite, outcome.gradientNorm.isFinite else {
            throw CLIPTrainError.notFinite(outcome, step: done + 1, batch, folder: configuration.output)
        }
        let report = StepReport(
            step: done + 1, steps: steps, epoch: done / source.batchesPerEpoch, pairs: outcome.pairs,
            loss: outcome.loss,
            logitScale: exp(try model.logitScale.stored.item()), learningRate: rate,
            gradientNorm: outcome.gradientNorm, inBatch: outcome.inBatch)
        done += 1
        if outcome.pairs >= 2 {
            recentLosses = (recentLosses + [outcome.loss]).suffix(source.batchesPerEpoch)
            batchSize = outcome.pairs
        }
        return report
    }

    private static func create(folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CLIPTrainError(.file, "cannot create the folder \(folder): \(error.localizedDescription)")
        }
    }

    // MARK: Checkpoints

    /// Where a run goes on from, or nil for initial values.
    private static func start(of configuration: TrainConfiguration) throws -> Checkpoint? {
        let newest = Checkpoint.all(in: configuration.output).last
        switch configuration.resume {
        case .auto: return newest
        case .checkpoint(let folder): return Checkpoint(folder: folder)
        case .no:
            guard let newest else { return nil }
            throw CLIPTrainError(
                .checkpoint,
                "\(newest.folder) is there already: resume from it, or choose another output folder")
        }
    }

    private func resume(from checkpoint: Checkpoint) throws {
        let state = try checkpoint.state()
        func require(_ same: Bool, _ what: String) throws {
            if same { return }
            throw CLIPTrainError(
                .checkpoint, "\(checkpoint.folder) is of another \(what): give the same, or start a new run")
        }
        try require(state.configuration.model == configuration.model, "model")
        try require(state.configuration.recipe == configuration.recipe, "recipe")
        try require(state.configuration.precision == configuration.precision, "precision")
        try require(
            state.data == source.identity, "data set or order (\(state.data), now \(source.identity))")
        try model.load(checkpoint.modelFile)
        try checkpoint.load(into: step.optimiser)
        done = state.step
        recentLosses = state.recentLosses
    }

    private func save() throws -> Checkpoint {
        let state = TrainState(
            step: done, data: source.identity, configuration: configuration, recentLosses: recentLosses)
        return try Checkpoint.write(model, step.optimiser, state: state, kept: configuration.keptCheckpoints)
    }

    // MARK: Evaluation

    /// Whether the step that was just done is one after which the model is evaluated.
    private var isEvaluationDue: Bool {
        isFirst && heldOut != nil && done % (configuration.evaluationSteps ?? source.batchesPerEpoch) == 0
    }

    /// What the model can do now, or nil without held-out pairs.
    private func evaluate() async throws -> Evaluation? {
        guard let heldOut else { return nil }
        if let evaluated, evaluated.step == done { return evaluated.result }
        var result = Evaluation(retrieval: try await model.retrieval(on: heldOut))
        if let classes { result.zeroShot = try await model.zeroShot(classes, on: heldOut) }
        evaluated = (done, result)
        return result
    }

    // MARK: The end

    private func finish(_ checkpoint: Checkpoint, began: ContinuousClock.Instant) async throws -> TrainReport
    {
        let evaluation = done >= lastStep && isFirst ? try await evaluate() : nil
        if isFirst, let format = configuration.export {
            let folder = configuration.output + "/openclip-" + format.rawValue
            try Checkpoint.export(model, as: format, to: folder)
        }
        let report = TrainReport(
            checkpoint: checkpoint.folder, steps: done, finished: done == steps,
            loss: recentLosses.reduce(0, +) / Double(max(1, recentLosses.count)),
            chanceLoss: log(Double(batchSize)),
            retrieval: evaluation?.retrieval, zeroShot: evaluation?.zeroShot,
            seconds: (ContinuousClock.now - began).seconds)
        guard isFirst else { return report }
        let page = ReportPage(
            steps: MetricsLog.reports(metricsFile), result: report, configuration: configuration)
        try page.write(to: configuration.output + "/report.html")
        try write(report)
        return report
    }
}

extension Trainer {
    /// Keeps the result beside the metrics, for scripts and for pages made later.
    private func write(_ report: TrainReport) throws {
        let path = configuration.output + "/" + TrainingCurves.resultFile
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(report).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CLIPTrainError(.file, "cannot write \(path): \(error.localizedDescription)")
        }
    }
}
