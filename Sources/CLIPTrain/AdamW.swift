internal import CTorch

/// AdamW with decay on matrices only.
@TensorActor
final class AdamW {
    /// A parameter with its two moments.
    struct Slot {
        let parameter: Parameter
        let first: Tensor
        let second: Tensor
    }

    let slots: [Slot]
    private let recipe: Recipe

    init(_ parameters: [Parameter], recipe: Recipe) throws {
        self.recipe = recipe
        slots = try parameters.map { parameter in
            let type = recipe.keepsHalfMoments ? .bfloat16 : parameter.stored.type
            return Slot(
                parameter: parameter, first: try Tensor(shape: parameter.shape, type: type),
                second: try Tensor(shape: parameter.shape, type: type))
        }
    }

    /// Updates all parameters from their gradients and forgets these.
    ///
    /// - Parameters:
    ///   - step: The step, from 0.
    ///   - learningRate: This step's rate.
    /// - Returns: The common length of all gradients, before clipping.
    func update(step: Int, learningRate: Double) throws -> Double {
        let gradients = slots.map { $0.parameter.working.gradient() }
        let scale = try recipe.clipNorm.map { try Self.clipFactor(gradients, limit: $0) } ?? 1
        var squareSum = 0.0
        for (slot, gradient) in zip(slots, gradients) {
            guard let gradient else { continue }
            let parameter = slot.parameter
            let options = ctorch_adamw_options(
                learning_rate: learningRate, beta1: recipe.beta1, beta2: recipe.beta2,
                epsilon: recipe.epsilon,
                weight_decay: parameter.shape.count >= 2 ? recipe.weightDecay : 0, gradient_scale: scale,
                step: Int64(step + 1))
            let narrow = parameter.working === parameter.stored ? nil : parameter.working.handle
            try Tensor.check(
                ctorch_adamw(
                    parameter.stored.handle, gradient.handle, slot.first.handle, slot.second.handle, narrow,
                    options, &squareSum))
            parameter.working.clearGradient()
        }
        return squareSum.squareRoot()
    }

    /// What gradients are multiplied by so that their common length is at most `limit`, as PyTorch's
    /// `clip_grad_norm_` has it.
    private static func clipFactor(_ gradients: [Tensor?], limit: Double) throws -> Double {
        let norm = try gradients.reduce(0) { try $0 + ($1?.squareSum() ?? 0) }.squareRoot()
        return min(1, limit / (norm + 1e-6))
    }
}
