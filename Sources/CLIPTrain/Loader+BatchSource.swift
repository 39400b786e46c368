public import Loader

extension Loader: BatchSource {
    /// The snapshot, the seed, and what of the configuration shapes batches.
    public var identity: String {
        "\(snapshot), seed \(configuration.seed), batches of \(configuration.batchSize), "
            + "\(configuration.imageSize) pixels, \(configuration.contextLength) tokens, \(configuration.crop) crop"
    }
}
