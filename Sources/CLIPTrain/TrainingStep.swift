import Foundation
internal import Loader

/// One optimiser step: forward, backward, update.
@TensorActor
struct TrainingStep {
    let model: CLIPModel
    let optimiser: AdamW
    /// Pairs that go through the towers at once, if fewer than the batch.
    let microBatch: Int?

    /// What a step found, before its update.
    struct Outcome {
        var loss: Double
        var gradientNorm: Double
    }

    /// Learns from a batch. When the loss is not finite nothing is updated.
    func callAsFunction(_ batch: Batch, step: Int, learningRate: Double) throws -> Outcome {
        let loss = try backward(batch)
        guard loss.isFinite else { return Outcome(loss: loss, gradientNorm: .nan) }
        let norm = try optimiser.update(step: step, learningRate: learningRate)
        let scale = try model.logitScale.stored.item()
        let limited = min(max(scale, 0), log(CLIPModel.largestLogitScale))
        if limited != scale {
            try model.logitScale.assign(Tensor(filledWith: limited, shape: [], type: model.types.stored))
        }
        return Outcome(loss: loss, gradientNorm: norm)
    }

    /// Leaves the gradients of the batch's loss with the parameters.
    func backward(_ batch: Batch) throws -> Double {
        let size = microBatch ?? batch.count
        guard size < batch.count else {
            let loss = try model.loss(
                images: model.imageFeatures(batch.pictures(0..<batch.count), .train),
                texts: model.textFeatures(batch.texts(0..<batch.count)))
            try loss.backward()
            return try loss.item()
        }
        return try backwardInParts(batch, size: size)
    }

    /// The gradient of the whole batch's loss with a part of the batch in memory at a time (Gao et al., "Scaling
    /// Deep Contrastive Learning Batch Size under Memory Limited Setup"): features first, then the loss's gradient
    /// by each feature, then each part again, now recorded, from that gradient back.
    private func backwardInParts(_ batch: Batch, size: Int) throws -> Double {
        let parts = stride(from: 0, to: batch.count, by: size).map { $0..<min($0 + size, batch.count) }
        let (images, texts) = try Tensor.withoutRecording {
            (
                try parts.map { try model.imageFeatures(batch.pictures($0), .train) },
                try parts.map { try model.textFeatures(batch.texts($0)) }
            )
        }
        let allImages = try Tensor.concatenated(images, dimension: 0)
        let allTexts = try Tensor.concatenated(texts, dimension: 0)
        try allImages.requireGradient()
        try allTexts.requireGradient()
        let loss = try model.loss(images: allImages, texts: allTexts)
        try loss.backward()
        guard let imageSeed = allImages.gradient(), let textSeed = allTexts.gradient() else {
            preconditionFailure("the loss depends on its features")
        }
        for part in parts {
            try model.imageFeatures(batch.pictures(part), .recompute).backward(seed: imageSeed.narrowed(part))
            try model.textFeatures(batch.texts(part)).backward(seed: textSeed.narrowed(part))
        }
        return try loss.item()
    }
}

extension Batch {
    /// The pictures of some rows.
    @TensorActor
    func pictures(_ rows: Range<Int>) throws -> Tensor {
        let size = 3 * imageSize * imageSize
        return try images.withUnsafeBytes { bytes in
            let part = UnsafeRawBufferPointer(
                rebasing: bytes[rows.lowerBound * size * 4..<rows.upperBound * size * 4])
            return try Tensor(bytes: part, shape: [rows.count, 3, imageSize, imageSize], type: .float32)
        }
    }

    /// The real tokens of some rows.
    func texts(_ rows: Range<Int>) -> PackedTexts {
        PackedTexts(
            rows.map { row in
                tokens[row * contextLength..<row * contextLength + Int(lengths[row])].map(Int.init)
            })
    }
}
