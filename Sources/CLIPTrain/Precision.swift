/// A number format for weights that leave the program.
public enum WeightFormat: String, Codable, Sendable, CaseIterable {
    case float32, float16, bfloat16

    var type: ElementType {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }
}

/// The number format of a run's arithmetic.
public enum Precision: String, Codable, Sendable, CaseIterable {
    /// Single precision throughout.
    case float32
    /// Double precision throughout: slow, for comparing with other programs.
    case float64
    /// Matrix products and activations in bfloat16, over float32 parameters.
    case bfloat16

    var types: ModelTypes {
        switch self {
        case .float32: ModelTypes(stored: .float32, computed: .float32)
        case .float64: ModelTypes(stored: .float64, computed: .float64)
        case .bfloat16: ModelTypes(stored: .float32, computed: .bfloat16)
        }
    }
}
