/// All that decides a training run, beside the data.
public struct TrainConfiguration: Codable, Sendable, Equatable {
    /// The model's shape.
    public var model: ModelConfiguration
    /// How it is optimised.
    public var recipe: Recipe
    /// The folder that gets checkpoints, metrics and the report.
    public var output: String
    /// The arithmetic of the run.
    public var precision = Precision.float32
    /// Threads for tensor work.
    public var threads = 1
    /// Seeds the initial values.
    public var seed: UInt64 = 0
    /// A `.safetensors` file with OpenAI's names to start from, instead of initial values; positions of a grid of
    /// another size are resized. A resumed run has its own weights.
    public var initialWeights: String?
    /// Pairs that go through the towers at once; the loss still sees the whole batch. `nil`: the whole batch.
    public var microBatch: Int?
    /// Gradient checkpointing: blocks keep their input only and are computed again in the backward pass. A third more
    /// work for a fraction of the memory; the same bits.
    public var recomputesBlocks = false
    /// Stop after this many steps, without changing the schedule.
    public var maxSteps: Int?
    /// Seconds between checkpoints; the end always gets one.
    public var checkpointSeconds = 600.0
    /// Steps between evaluations on held-out pairs; `nil`: at the end of every epoch. The end always gets one.
    public var evaluationSteps: Int?
    /// Where given, the end also writes the weights in this format to a folder of its own that OpenCLIP loads.
    public var export: WeightFormat?
    /// Checkpoints that are kept.
    public var keptCheckpoints = 3
    /// Whether and where a run goes on from.
    public var resume = Resume.no

    /// Where a run goes on from.
    public enum Resume: Codable, Sendable, Equatable {
        /// From initial values; refused if the output folder has checkpoints already.
        case no
        /// From the newest checkpoint of the output folder, or from initial values if it has none.
        case auto
        /// From a checkpoint.
        case checkpoint(String)
    }

    /// Describes a run with the defaults stated for each property.
    public init(model: ModelConfiguration, recipe: Recipe, output: String) {
        self.model = model
        self.recipe = recipe
        self.output = output
    }

    /// Throws a `CLIPTrainError` for settings that no run can have.
    public func validate() throws {
        try model.validate()
        func require(_ holds: Bool, _ message: String) throws {
            if !holds { throw CLIPTrainError(.configuration, message) }
        }
        try require(recipe.epochs >= 1, "\(recipe.epochs) epochs are below 1")
        try require(recipe.learningRate > 0, "the learning rate \(recipe.learningRate) is not above 0")
        try require(recipe.warmUpSteps >= 0, "\(recipe.warmUpSteps) warm-up steps are below 0")
        try require((0..<1).contains(recipe.beta1), "beta1 \(recipe.beta1) is not in 0..<1")
        try require((0..<1).contains(recipe.beta2), "beta2 \(recipe.beta2) is not in 0..<1")
        try require(recipe.epsilon > 0, "epsilon \(recipe.epsilon) is not above 0")
        try require(recipe.weightDecay >= 0, "the weight decay \(recipe.weightDecay) is negative")
        try require(recipe.clipNorm.map { $0 > 0 } ?? true, "the gradient clip is not above 0")
        try require(
            !recipe.keepsHalfMoments || precision != .float64,
            "half-precision statistics want float32 weights")
        try require((1...1024).contains(threads), "\(threads) threads are not in 1...1024")
        try require(microBatch.map { $0 >= 1 } ?? true, "the micro-batch is below 1")
        try require(maxSteps.map { $0 >= 1 } ?? true, "the number of steps is below 1")
        try require(checkpointSeconds > 0, "the time between checkpoints is not above 0")
        try require(evaluationSteps.map { $0 >= 1 } ?? true, "the steps between evaluations are below 1")
        try require(keptCheckpoints >= 1, "at least one checkpoint must be kept")
    }
}
