/// What a model can do with pairs that it does not learn from.
public struct Evaluation: Codable, Sendable, Equatable {
    /// Retrieval within each batch of held-out pairs.
    public var retrieval: RetrievalReport
    /// Zero-shot classification of held-out pictures, where classes were given and some text names one.
    public var zeroShot: ZeroShotReport?

    enum CodingKeys: String, CodingKey {
        case retrieval
        case zeroShot = "zero_shot"
    }
}
