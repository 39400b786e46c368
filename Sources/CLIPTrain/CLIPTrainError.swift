import Foundation
internal import Loader

/// A failure of training, of a model or of a checkpoint.
public struct CLIPTrainError: Error, CustomStringConvertible, Sendable {
    /// What went wrong, for code that decides what to do.
    public enum Code: String, Sendable {
        /// LibTorch refused an operation.
        case tensor
        /// A model configuration that is unknown, or asks for what is not built.
        case model
        /// A training configuration that cannot work.
        case configuration
        /// A checkpoint that is missing, damaged, or of another model or data set.
        case checkpoint
        /// The loss, a gradient or a weight is no longer a finite number.
        case notFinite = "not_finite"
        /// The data source gave nothing to train on.
        case data
        /// Reading or writing a file failed.
        case file
    }

    /// What went wrong, for code that decides what to do.
    public let code: Code
    /// One line for the person at the terminal: what happened, where, and what to do.
    public let description: String

    /// Wraps a message.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension CLIPTrainError {
    /// What a step that came to no finite number is reported as; the keys of its pairs go to a file in `folder`.
    static func notFinite(_ outcome: TrainingStep.Outcome, step: Int, _ batch: Batch, folder: String) -> Self
    {
        let keys = batch.keys.prefix(8).joined(separator: ", ")
        let more = batch.count > 8 ? " and \(batch.count - 8) more" : ""
        let list = folder + "/not_finite_keys.txt"
        try? Data(batch.keys.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: list))
        let what = outcome.loss.isFinite ? "gradient" : "loss"
        return CLIPTrainError(
            .notFinite,
            "the \(what) of step \(step) is not a finite number; its batch has the keys \(keys)\(more), all in "
                + "\(list): look at those pairs, or go on from the last checkpoint with a lower learning rate"
        )
    }
}
