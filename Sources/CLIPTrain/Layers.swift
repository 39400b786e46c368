/// rows · weightᵀ + bias.
@TensorActor
struct Linear {
    let weight: Parameter
    let bias: Parameter

    init(_ scope: ParameterScope, from inputs: Int, to outputs: Int, deviation: Double) {
        weight = scope.declare("weight", [outputs, inputs], .normal(deviation: deviation))
        bias = scope.declare("bias", [outputs], .constant(0))
    }

    func callAsFunction(_ rows: Tensor, addedTo residual: Tensor? = nil) throws -> Tensor {
        try rows.linear(weight: weight.working, bias: bias.working, addedTo: residual)
    }
}

/// Normalises each row to mean 0 and variance 1, then applies a learnt gain and bias.
@TensorActor
struct LayerNorm {
    let gain: Parameter
    let bias: Parameter

    init(_ scope: ParameterScope, width: Int) {
        gain = scope.declare("weight", [width], .constant(1), role: .precise)
        bias = scope.declare("bias", [width], .constant(0), role: .precise)
    }

    func callAsFunction(_ rows: Tensor) throws -> Tensor {
        try rows.layerNorm(gain: gain.working, bias: bias.working, epsilon: 1e-5)
    }
}
