import ArgumentParser
import CLIPTrain
import Decode
import Foundation
import Loader
import Tokenizer

struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a CLIP model on a store or on WebDataset shards.",
        discussion: """
            Streams shuffled batches, keeps checkpoints that OpenCLIP loads, and ends with retrieval on held-out
            pairs. Ctrl-C saves; the same command with --resume auto goes on exactly where it stopped.
              wit train pairs --model wit-tiny --output model
            The folder gets metrics.jsonl, report.html and checkpoints. Models: \
            \(ModelConfiguration.names.joined(separator: ", ")).
            """)

    @Argument(help: ArgumentHelp("A store, or tar files by path or pattern.", valueName: "dir|tar"))
    var sources: [String]
    @Option(help: "The model to train.")
    var model = "wit-tiny"
    @Option(help: ArgumentHelp("Where checkpoints, metrics and the report go.", valueName: "dir"))
    var output = "model"
    @Option(help: "Pairs in a batch.")
    var batchSize = 32
    @Option(help: "Passes over the data (default: the model's recipe).")
    var epochs: Int?
    @Option(name: .customLong("lr"), help: "The highest learning rate (default: the model's recipe).")
    var learningRate: Double?
    @Option(help: "Steps over which the learning rate rises (default: the model's recipe).")
    var warmUp: Int?
    @Option(help: "Stop after this many steps; the schedule stays that of the whole run.")
    var maxSteps: Int?
    @Option(help: "The share of pairs kept apart for retrieval at the end, 0 to 0.9.")
    var holdout = 0.1
    @Option(help: "Arithmetic: \(Precision.allCases.map(\.rawValue).joined(separator: ", ")).")
    var precision = Precision.float32
    @Option(help: "Threads for tensor work (default: the machine's cores).")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Seeds initial values, order and crops.")
    var seed: UInt64 = 0
    @Option(help: "'auto' goes on from the newest checkpoint in --output; a folder names one.")
    var resume: String?
    @Option(help: ArgumentHelp("Time between checkpoints.", valueName: "duration"))
    var checkpointEvery = DurationArgument(seconds: 600)
    @OptionGroup var merges: MergesOption
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func validate() throws {
        guard batchSize >= 2 else {
            throw ValidationError("--batch-size \(batchSize) is below 2: a contrastive loss needs company")
        }
        guard (0...0.9).contains(holdout) else {
            throw ValidationError("--holdout \(holdout) is not in 0...0.9")
        }
    }

    func run() async throws {
        let setup = try trainConfiguration()
        let tokenizer = try merges.load()
        let source = try Loader(loading(setup, split: .training(holdout: holdout)), tokenizer: tokenizer)
        let heldOut = try heldOutLoader(setup, tokenizer: tokenizer)
        let trainer = try await Trainer(setup, source: source, heldOut: heldOut)
        let interrupt = Interrupt(saying: "stopping after this step, saving a checkpoint") { trainer.stop() }
        Terminal.note(
            "\(Format.count(source.sampleCount)) pairs to train on, \(Format.count(heldOut?.sampleCount ?? 0)) held out; "
                + "\(model), \(Format.count(await trainer.model.parameterCount)) parameters")
        let display = progress.display
        let printsJSON = json.isOn
        let report = try await trainer.run { step in
            if printsJSON { try? JSONOutput.print(step) }
            display.update(line: Self.line(step), facts: step)
        }
        display.finish()
        try conclude(report, stopped: interrupt.requested)
    }

    private func trainConfiguration() throws -> TrainConfiguration {
        var recipe = try Recipe(modelNamed: model)
        if let epochs { recipe.epochs = epochs }
        if let learningRate { recipe.learningRate = learningRate }
        if let warmUp { recipe.warmUpSteps = warmUp }
        var setup = TrainConfiguration(
            model: try ModelConfiguration(named: model), recipe: recipe, output: output)
        setup.precision = precision
        setup.threads = threads
        setup.seed = seed
        setup.maxSteps = maxSteps
        setup.checkpointSeconds = checkpointEvery.seconds
        switch resume {
        case nil: setup.resume = .no
        case "auto": setup.resume = .auto
        case let folder?: setup.resume = .checkpoint(folder)
        }
        return setup
    }

    private func loading(_ setup: TrainConfiguration, split: LoaderConfiguration.Split) -> LoaderConfiguration
    {
        var loading = LoaderConfiguration(sources: sources.map(LoaderSource.init), batchSize: batchSize)
        loading.imageSize = setup.model.vision.imageSize
        loading.contextLength = setup.model.text.contextLength
        loading.seed = seed
        loading.split = split
        return loading
    }

    /// The held-out pairs, or none where the share is too small to fill one batch.
    private func heldOutLoader(_ setup: TrainConfiguration, tokenizer: CLIPTokenizer) throws -> Loader? {
        guard holdout > 0 else { return nil }
        var loading = loading(setup, split: .heldOut(holdout))
        loading.crop = .centre
        do {
            return try Loader(loading, tokenizer: tokenizer)
        } catch let error as LoaderError where error.code == .noSamples {
            Terminal.note(
                "no retrieval at the end: a share of \(holdout) does not fill one batch of \(batchSize)")
            return nil
        }
    }

    private static func line(_ step: StepReport) -> String {
        let bar = ProgressBar.text(done: Double(step.step), of: Double(step.steps))
        return "\(bar) step \(step.step)/\(step.steps)  loss \(Format.decimal(step.loss, 3))  "
            + "scale \(Format.decimal(step.logitScale, 1))  lr \(String(format: "%.1e", step.learningRate))  "
            + "\(Format.decimal(step.samplesPerSecond, 0)) pairs/s  wait \(Format.decimal(100 * step.dataWait, 0))%  "
            + "left \(Format.duration(step.secondsLeft))"
    }

    private func conclude(_ report: TrainReport, stopped: Bool) throws {
        if json.isOn { try JSONOutput.print(report) }
        if stopped && !report.finished {
            Terminal.note(
                "stopped at step \(report.steps), saved in \(report.checkpoint); go on with the same command and "
                    + "--resume auto")
        }
        guard !json.isOn else { return }
        let share = report.loss / report.chanceLoss
        print("loss        \(Format.decimal(report.loss, 3)) = \(Format.decimal(share, 2)) × ln(batch)")
        if let found = report.retrieval {
            for (name, recall) in [("image→text", found.imageToText), ("text→image", found.textToImage)] {
                print(
                    "\(Format.column(name, 11)) recall@1 \(percent(recall.at1)), @5 \(percent(recall.at5)), "
                        + "@10 \(percent(recall.at10)) among \(found.candidates) held-out pairs "
                        + "(@1 is \(Format.decimal(recall.at1 / found.chance.at1, 1)) × chance)")
            }
        }
        print("checkpoint  \(report.checkpoint)")
        print("curves      \(output)/report.html")
    }

    private func percent(_ share: Double) -> String { Format.decimal(100 * share, 1) + "%" }
}
