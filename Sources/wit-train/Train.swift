import ArgumentParser
import CLIPTrain
import CommandKit
import Decode
import Foundation
import Loader
import Tokenizer

struct Train: AsyncParsableCommand {
    static let configuration = TrainingCommand.train.configuration(
        discussion: """
            Streams shuffled batches, keeps checkpoints that OpenCLIP loads, and ends with retrieval on held-out
            pairs. Ctrl-C saves; the same command with --resume auto goes on exactly where it stopped.
              wit train pairs --model wit-tiny --output model
            The folder gets metrics.jsonl, report.html and checkpoints. Models: \
            \(ModelConfiguration.names.joined(separator: ", ")).
            """)

    @Argument(help: ArgumentHelp("A store, or tar files by path or pattern.", valueName: "dir|tar"))
    var sources: [String]
    @Option(help: "The model to train: a name, or an OpenCLIP model configuration (.json).")
    var model = "wit-tiny"
    @Option(
        name: .customLong("init"),
        help: ArgumentHelp("Weights to start from, with OpenAI's names (.safetensors).", valueName: "file"))
    var initialWeights: String?
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
    @Option(help: "Scale gradients down to this common length.")
    var clip: Double?
    @Flag(help: "Keep the optimiser's statistics in 16 bits.")
    var halfMoments = false
    @Option(help: "Pairs that go through the towers at once; the loss still sees the whole batch.")
    var microBatch: Int?
    @Flag(help: "Gradient checkpointing: less memory for a third more work.")
    var recompute = false
    @Option(help: "Stop after this many steps; the schedule stays that of the whole run.")
    var maxSteps: Int?
    @Option(help: "The share of pairs kept apart for evaluation, 0 to 0.9.")
    var holdout = 0.1
    @Option(help: "Steps between evaluations on the pairs kept apart (default: each epoch's end).")
    var evalEvery: Int?
    @Option(help: ArgumentHelp("Classes for zero-shot evaluation, a name a line.", valueName: "file"))
    var classes: String?
    @Option(help: "The prompt of a class, {} being its name.")
    var template = ZeroShotClasses.template
    @Option(help: "Arithmetic: \(Precision.allCases.map(\.rawValue).joined(separator: ", ")).")
    var precision = Precision.float32
    @Option(help: "Threads for tensor work (default: the machine's cores).")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Where tensors are: cpu, cuda, or cuda:N for one GPU of several.")
    var device = "cpu"
    @Option(help: "Seeds initial values, order and crops.")
    var seed: UInt64 = 0
    @Option(help: "'auto' goes on from the newest checkpoint in --output; a folder names one.")
    var resume: String?
    @Option(help: ArgumentHelp("Time between checkpoints.", valueName: "duration"))
    var checkpointEvery = DurationArgument(seconds: 600)
    @Option(help: "Checkpoints to keep.")
    var keep = 3
    @Option(
        help: ArgumentHelp(
            "Also write the final weights for OpenCLIP in this format: "
                + WeightFormat.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "format"))
    var export: WeightFormat?
    @OptionGroup var view: ViewOptions
    @OptionGroup var remote: RemoteOptions
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
        let placement = ProcessGroup.Placement(environment: ProcessInfo.processInfo.environment)
        let group = try await join(placement)
        let tokenizer = try merges.load()
        let setup = try trainConfiguration(vocabulary: tokenizer.size)
        var loading = loading(setup, split: .training(holdout: holdout))
        (loading.rank, loading.world) = placement.map { ($0.rank, $0.world) } ?? (0, 1)
        let source = try await Loader.open(loading, tokenizer: tokenizer)
        let heldOut = try await heldOutLoader(setup, tokenizer: tokenizer)
        let trainer = try await Trainer(
            setup, source: source, heldOut: heldOut, classes: try classes(setup, tokenizer: tokenizer),
            group: group)
        let interrupt = Interrupt(saying: "stopping after this step, saving a checkpoint") { trainer.stop() }
        let isFirst = loading.rank == 0
        if isFirst {
            Terminal.note(
                "\(Format.count(source.sampleCount)) pairs to train on, \(Format.count(heldOut?.sampleCount ?? 0)) held out; "
                    + "\(model), \(Format.count(await trainer.model.parameterCount)) parameters"
                    + (placement.map { "; \($0.world) processes" } ?? ""))
        }
        let display = progress.display
        let printsJSON = json.isOn
        let report = try await trainer.run { step in
            if printsJSON { try? JSONOutput.print(step) }
            display.update(line: Self.line(step), facts: step)
        }
        display.finish()
        if isFirst { try conclude(report, stopped: interrupt.requested) }
    }

    /// Puts tensors on the device, and joins the other processes where a launcher started several.
    private func join(_ placement: ProcessGroup.Placement?) async throws -> ProcessGroup? {
        let own = device == "cuda" ? "cuda:\(placement?.localRank ?? 0)" : device
        try await TensorLibrary.setDevice(own)
        guard let placement else { return nil }
        return try await ProcessGroup(placement, overCUDA: own.hasPrefix("cuda"))
    }

    private func trainConfiguration(vocabulary: Int) throws -> TrainConfiguration {
        let isFile = model.hasSuffix(".json")
        var shape = try isFile ? ModelConfiguration(contentsOf: model) : ModelConfiguration(named: model)
        if !isFile { shape.text.vocabularySize = vocabulary }
        guard shape.text.vocabularySize == vocabulary else {
            throw CommandError(
                "\(model) is for \(shape.text.vocabularySize) ids, the merges file makes \(vocabulary)")
        }
        var recipe = try isFile ? Recipe(for: shape) : Recipe(modelNamed: model)
        if let epochs { recipe.epochs = epochs }
        if let learningRate { recipe.learningRate = learningRate }
        if let warmUp { recipe.warmUpSteps = warmUp }
        recipe.clipNorm = clip
        recipe.keepsHalfMoments = halfMoments
        var setup = TrainConfiguration(model: shape, recipe: recipe, output: output)
        setup.initialWeights = initialWeights
        setup.microBatch = microBatch
        setup.recomputesBlocks = recompute
        setup.evaluationSteps = evalEvery
        setup.keptCheckpoints = keep
        setup.export = export
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
        loading.remote = remote.access
        loading.split = split
        loading.view = view.view
        return loading
    }

    private func classes(_ setup: TrainConfiguration, tokenizer: CLIPTokenizer) throws -> ZeroShotClasses? {
        guard let classes else { return nil }
        guard let data = FileManager.default.contents(atPath: classes) else {
            throw CommandError("cannot read the classes of \(classes)")
        }
        let text = String(decoding: data, as: UTF8.self)
        let names = text.split(whereSeparator: \.isNewline).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        return try ZeroShotClasses(
            names: names.filter { !$0.isEmpty }, template: template, tokenizer: tokenizer,
            contextLength: setup.model.text.contextLength)
    }

    /// The held-out pairs, or none where the share is too small to fill one batch.
    private func heldOutLoader(_ setup: TrainConfiguration, tokenizer: CLIPTokenizer) async throws -> Loader?
    {
        guard holdout > 0 else { return nil }
        var loading = loading(setup, split: .heldOut(holdout))
        loading.crop = .centre
        do {
            return try await Loader.open(loading, tokenizer: tokenizer)
        } catch let error as LoaderError where error.code == .noSamples {
            Terminal.note(
                "no retrieval at the end: a share of \(holdout) does not fill one batch of \(batchSize)")
            return nil
        }
    }
}
