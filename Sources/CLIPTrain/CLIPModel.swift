import Foundation

/// A CLIP model: two towers, a learnt temperature, and the parameters of them all by OpenAI's names.
@TensorActor
public final class CLIPModel {
    /// The model's shape.
    public let configuration: ModelConfiguration
    let types: ModelTypes
    let parameters: [Parameter]
    let image: any ImageTower
    let text: TextTower
    let logitScale: Parameter

    /// The largest factor by which cosines are multiplied (Radford et al., section 2.5).
    static let largestLogitScale = 100.0

    init(_ configuration: ModelConfiguration, types: ModelTypes) throws {
        try configuration.validate()
        self.configuration = configuration
        self.types = types
        let scope = ParameterScope()
        text = TextTower(scope, configuration, computed: types.computed)
        logitScale = scope.declare("logit_scale", [], .constant(log(1 / 0.07)), role: .precise)
        switch configuration.vision.tower {
        case .transformer(let layers, let patchSize):
            image = VisionTransformer(
                scope.part("visual"), configuration, layers: layers, patchSize: patchSize)
        case .resNet(let blocks):
            image = ModifiedResNet(scope.part("visual"), configuration, blocks: blocks)
        }
        parameters = scope.parameters
    }

    /// Declares a model without giving it memory, for counting.
    public convenience init(_ configuration: ModelConfiguration) throws {
        try self.init(configuration, types: ModelTypes(stored: .float32, computed: .float32))
    }

    /// Gives every parameter memory and its initial value, a function of the seed and the parameter's name.
    func allocate(seed: UInt64) throws {
        for parameter in parameters { try parameter.allocate(types, seed: seed) }
    }

    /// Learnt numbers in the model.
    public var parameterCount: Int { learnt.map(\.count).reduce(0, +) }

    /// Learnt numbers in the image tower.
    public var imageParameterCount: Int {
        learnt.filter { $0.name.hasPrefix("visual.") }.map(\.count).reduce(0, +)
    }

    /// The names of all tensors that a checkpoint holds: OpenAI's.
    public var parameterNames: [String] { parameters.map(\.name) }

    var learnt: [Parameter] { parameters.filter { $0.role != .statistic } }

    /// Unit-length features of pictures, in the stored type.
    func imageFeatures(_ images: Tensor, _ mode: ForwardMode) throws -> Tensor {
        let features = try image(images.converted(to: types.computed), mode)
        return try features.converted(to: types.stored).normalizedRows()
    }

    /// Unit-length features of texts, in the stored type.
    func textFeatures(_ texts: PackedTexts) throws -> Tensor {
        try text(texts).converted(to: types.stored).normalizedRows()
    }

    /// The symmetric cross-entropy of a batch: pair i belongs together, all else does not.
    func loss(images: Tensor, texts: Tensor) throws -> Tensor {
        let scale = try logitScale.working.exponential()
        let logits = try images.linear(weight: texts) * scale
        let labels = try Tensor.indices(Array(0..<images.shape[0]))
        let sum = try logits.crossEntropy(labels: labels) + logits.transposed().crossEntropy(labels: labels)
        return try sum * 0.5
    }
}
