/// How a parameter starts.
enum InitialValue: Sendable, Equatable {
    case constant(Double)
    case normal(deviation: Double)
    /// −bound ..< bound.
    case uniform(bound: Double)
}

/// What a tensor of the model is for.
enum ParameterRole: Sendable, Equatable {
    /// Learnt, and used in matrix products: computed with in the model's precision.
    case matrix
    /// Learnt, and always used in full precision: gains, embeddings, the temperature.
    case precise
    /// Not learnt: the running statistics of batch normalisation.
    case statistic
}

/// The types of a model's tensors.
struct ModelTypes: Sendable, Equatable {
    /// Of the parameters that are kept, updated and saved.
    var stored: ElementType
    /// Of activations and matrix products.
    var computed: ElementType
}

/// One named tensor of a model. It is declared with the layer that owns it and gets memory later, so a model can
/// be counted without being held.
@TensorActor
final class Parameter {
    let name: String
    let shape: [Int]
    let role: ParameterRole
    let initial: InitialValue
    private var tensors: (stored: Tensor, working: Tensor)?

    init(name: String, shape: [Int], role: ParameterRole, initial: InitialValue) {
        self.name = name
        self.shape = shape
        self.role = role
        self.initial = initial
    }

    var count: Int { shape.reduce(1, *) }

    /// What is updated and saved.
    var stored: Tensor { allocated.stored }

    /// What the forward pass uses, and where the gradient gathers: `stored` itself, or a narrower copy of it.
    var working: Tensor { allocated.working }

    private var allocated: (stored: Tensor, working: Tensor) {
        guard let tensors else { preconditionFailure("\(name) is used before the model has memory") }
        return tensors
    }

    /// Gives the parameter memory and its initial value, which depends on the seed and the name alone.
    func allocate(_ types: ModelTypes, seed: UInt64) throws {
        let stored = try Tensor(shape: shape, type: types.stored)
        switch initial {
        case .constant(let value):
            try stored.assign(Tensor(filledWith: value, shape: shape, type: types.stored))
        case .normal(let deviation): try stored.fillNormal(deviation: deviation, seed: seed ^ nameHash)
        case .uniform(let bound): try stored.fillUniform(bound: bound, seed: seed ^ nameHash)
        }
        let narrow = role == .matrix && types.computed != types.stored
        let working = narrow ? try stored.converted(to: types.computed) : stored
        if role != .statistic { try working.requireGradient() }
        tensors = (stored, working)
    }

    /// Overwrites the value.
    func assign(_ value: Tensor) throws {
        try stored.assign(value)
        if working !== stored { try working.assign(stored) }
    }

    /// FNV-1a of the name: stable across runs, unlike `Hashable`.
    private var nameHash: UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// Declares parameters under a growing prefix, so that names follow the model's structure.
@TensorActor
struct ParameterScope {
    private final class Registry {
        var parameters: [Parameter] = []
    }

    private let registry: Registry
    private let prefix: String

    init() {
        registry = Registry()
        prefix = ""
    }

    private init(registry: Registry, prefix: String) {
        self.registry = registry
        self.prefix = prefix
    }

    /// All parameters declared so far, in order.
    var parameters: [Parameter] { registry.parameters }

    /// The scope of a part.
    func part(_ name: String) -> ParameterScope {
        ParameterScope(registry: registry, prefix: prefix + name + ".")
    }

    /// Declares a parameter.
    func declare(
        _ name: String, _ shape: [Int], _ initial: InitialValue, role: ParameterRole = .matrix
    ) -> Parameter {
        let parameter = Parameter(name: prefix + name, shape: shape, role: role, initial: initial)
        registry.parameters.append(parameter)
        return parameter
    }
}
