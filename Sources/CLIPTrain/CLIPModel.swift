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

    /// - Parameter recomputed: Blocks keep their input only, and are computed again in the backward pass.
    init(_ configuration: ModelConfiguration, types: ModelTypes, recomputed: Bool = false) throws {
        try configuration.validate()
        self.configuration = configuration
        self.types = types
        let scope = ParameterScope()
        text = TextTower(scope, configuration, computed: types.computed, recomputed: recomputed)
        logitScale = scope.declare("logit_scale", [], .constant(log(1 / 0.07)), role: .precise)
        switch configuration.vision.tower {
        case .transformer(let layers, let patchSize):
            image = VisionTransformer(
                scope.part("visual"), configuration, layers: layers, patchSize: patchSize,
                recomputed: recomputed)
        case .resNet(let blocks):
            image = ModifiedResNet(
                scope.part("visual"), configuration, blocks: blocks, recomputed: recomputed)
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
        let rows = images.shape[0]
        return try loss(images: images, texts: texts, allImages: images, allTexts: texts, own: 0..<rows)
    }

    /// The part of a batch's loss that some rows have in it, `own` being their places among all.
    func loss(images: Tensor, texts: Tensor, allImages: Tensor, allTexts: Tensor, own: Range<Int>) throws
        -> Tensor
    {
        let scale = try logitScale.working.exponential()
        let labels = try Tensor.indices(Array(own))
        let ofImages = try (images.linear(weight: allTexts) * scale).crossEntropy(labels: labels)
        let ofTexts = try (texts.linear(weight: allImages) * scale).crossEntropy(labels: labels)
        return try (ofImages + ofTexts) * (0.5 * Double(own.count) / Double(allImages.shape[0]))
    }
}
