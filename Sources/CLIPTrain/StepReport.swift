/// What one training step did; one line of `metrics.jsonl`.
public struct StepReport: Codable, Sendable, Equatable {
    /// Steps done, this one included.
    public var step: Int
    /// Steps of the whole run.
    public var steps: Int
    /// The epoch, from 0.
    public var epoch: Int
    /// Pairs in the batch; a batch of fewer than two teaches nothing and its step changes nothing.
    public var pairs: Int
    /// The contrastive loss of the batch, before the update.
    public var loss: Double
    /// What cosines are multiplied by, after the update.
    public var logitScale: Double
    /// The step's learning rate.
    public var learningRate: Double
    /// The common length of all gradients, before clipping.
    public var gradientNorm: Double
    /// Retrieval among the batch's own pairs, the first `TrainingStep.mostRanked` of them.
    public var inBatch: RetrievalReport?
    /// What the model can do after this step, where it was asked.
    public var evaluation: Evaluation?
    /// Pairs a second, waiting included.
    public var samplesPerSecond = 0.0
    /// The share of the step's time that was spent waiting for the batch, 0...1.
    public var dataWait = 0.0
    /// Seconds that the rest of the run will take at the pace so far.
    public var secondsLeft = 0.0

    enum CodingKeys: String, CodingKey {
        case step, steps, epoch, pairs, loss, evaluation
        case inBatch = "in_batch"
        case logitScale = "logit_scale"
        case learningRate = "lr"
        case gradientNorm = "gradient_norm"
        case samplesPerSecond = "samples_per_second"
        case dataWait = "data_wait"
        case secondsLeft = "seconds_left"
    }
}

/// What a run came to; the last line that `wit train --json` prints.
public struct TrainReport: Codable, Sendable, Equatable {
    /// The folder of the last checkpoint.
    public var checkpoint: String
    /// Steps done in all, over every resumption.
    public var steps: Int
    /// Whether the run came to its end, and was not stopped before.
    public var finished: Bool
    /// The mean loss over the last epoch's worth of steps.
    public var loss: Double
    /// The loss of guessing, ln(batch).
    public var chanceLoss: Double
    /// Retrieval on held-out pairs, if there are any.
    public var retrieval: RetrievalReport?
    /// Zero-shot classification of held-out pictures, if classes were given.
    public var zeroShot: ZeroShotReport?
    /// Seconds of this process's part of the run.
    public var seconds: Double

    enum CodingKeys: String, CodingKey {
        case checkpoint, steps, finished, loss, retrieval, seconds
        case chanceLoss = "chance_loss"
        case zeroShot = "zero_shot"
    }
}
