import Foundation

/// How a model is optimised: AdamW with decay on matrices only, a warm-up, a cosine.
public struct Recipe: Codable, Sendable, Equatable {
    /// Passes over the data.
    public var epochs = 32
    /// The highest learning rate.
    public var learningRate = 5e-4
    /// Steps over which the learning rate rises in a straight line.
    public var warmUpSteps = 2_000
    /// Decay of weights that are not gains, biases or the temperature.
    public var weightDecay = 0.2
    /// How much of the first moment is kept in a step.
    public var beta1 = 0.9
    /// How much of the second moment is kept in a step.
    public var beta2 = 0.98
    /// Added to the root of the second moment.
    public var epsilon = 1e-6
    /// Gradients whose common length is greater are scaled down to it, if given.
    public var clipNorm: Double?

    /// The optimiser's statistics are kept in bfloat16, rounded at random: half the memory. Float32 weights only.
    public var keepsHalfMoments = false

    /// A recipe with the paper's settings for a ViT-B.
    public init() {}

    /// The settings that all of the paper's models of this kind share, for a model of another size.
    public init(for model: ModelConfiguration) {
        if case .resNet = model.vision.tower {
            beta2 = 0.999
            epsilon = 1e-8
        }
    }

    /// The recipe of a model in `ModelConfiguration.names` (Radford et al., tables 18 to 20).
    ///
    /// The small family's are ours, for about a thousand pairs in minutes on two cores.
    /// - Throws: `CLIPTrainError` for a name that no model has.
    public init(modelNamed name: String) throws {
        self.init(for: try ModelConfiguration(named: name))
        switch try ModelConfiguration.canonicalName(name) {
        case "RN50x16", "ViT-L/14": learningRate = 4e-4
        case "RN50x64": learningRate = 3.6e-4
        case "ViT-L/14@336":
            // One more epoch at a higher resolution.
            learningRate = 2e-5
            epochs = 1
        case let name where name.hasPrefix("wit-"):
            epochs = 20
            learningRate = 1e-3
            warmUpSteps = 50
        default: break
        }
    }

    /// The learning rate of a step, from 0, of a run of `steps`.
    public func learningRate(at step: Int, of steps: Int) -> Double {
        let warmUp = min(warmUpSteps, steps)
        if step < warmUp { return learningRate * Double(step + 1) / Double(warmUp) }
        let progress = Double(step - warmUp) / Double(max(1, steps - warmUp))
        return learningRate * 0.5 * (1 + cos(.pi * min(1, progress)))
    }
}
