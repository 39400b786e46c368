import Foundation
internal import Loader

/// One optimiser step: forward, backward, update.
@TensorActor
struct TrainingStep {
    let model: CLIPModel
    let optimiser: AdamW
    /// Pairs that go through the towers at once, if fewer than the batch.
    let microBatch: Int?
    /// The other processes with their shares of each batch, if there are any.
    var group: ProcessGroup?

    /// What a step found, before its update.
    struct Outcome {
        /// Of all processes' rows.
        var loss: Double
        var gradientNorm: Double
        /// Pairs of the batch, over all processes.
        var pairs = 0
        /// Retrieval among this process's pairs of the batch, as the model was before the update.
        var inBatch: RetrievalReport?
    }

    /// Pairs of a batch that are ranked among each other: the matrix grows with the square.
    static let mostRanked = 256

    /// Learns from a batch. When the loss is not finite nothing is updated.
    func callAsFunction(_ batch: Batch, step: Int, learningRate: Double) throws -> Outcome {
        // A pair alone has nothing to be told apart from: loss and gradient are zero, and decay alone is no learning.
        let counts = try group?.gathered(batch.count) ?? [batch.count]
        let pairs = counts.reduce(0, +)
        guard pairs >= 2, !counts.contains(0) else {
            return Outcome(loss: 0, gradientNorm: 0, pairs: pairs)
        }
        var outcome = try backward(batch, counts: counts)
        outcome.pairs = pairs
        guard outcome.loss.isFinite else { return outcome }
        outcome.gradientNorm = try optimiser.update(step: step, learningRate: learningRate)
        let scale = try model.logitScale.stored.item()
        let limited = min(max(scale, 0), log(CLIPModel.largestLogitScale))
        if limited != scale {
            try model.logitScale.assign(Tensor(filledWith: limited, shape: [], type: model.types.stored))
        }
        return outcome
    }

    /// Leaves the gradients of the batch's loss with the parameters.
    ///
    /// - Parameter counts: Every process's rows; `nil` for a process on its own.
    func backward(_ batch: Batch, counts: [Int]? = nil) throws -> Outcome {
        var outcome = try backwardOfOwnRows(batch, counts: counts ?? [batch.count])
        guard let group else { return outcome }
        let loss = try Tensor(filledWith: outcome.loss, shape: [1], type: .float64)
        try group.sum([loss])
        outcome.loss = try loss.item()
        try group.sum(model.learnt.compactMap { $0.working.gradient() })
        // Batch norm saw each process's own rows; all go on with the mean of what they saw.
        let statistics = model.parameters.filter { $0.role == .statistic }.map(\.stored)
        if !statistics.isEmpty {
            try group.sum(statistics)
            for statistic in statistics {
                try statistic.assign(statistic * (1 / Double(group.placement.world)))
            }
        }
        return outcome
    }

    private func backwardOfOwnRows(_ batch: Batch, counts: [Int]) throws -> Outcome {
        let size = microBatch ?? batch.count
        guard size < batch.count else {
            let images = try model.imageFeatures(batch.pictures(0..<batch.count), .train)
            let texts = try model.textFeatures(batch.texts(0..<batch.count))
            let loss = try loss(images: images, texts: texts, counts: counts)
            try loss.backward()
            return try outcome(loss, images: images, texts: texts)
        }
        return try backwardInParts(batch, size: size, counts: counts)
    }

    /// What this process's rows add to the loss.
    private func loss(images: Tensor, texts: Tensor, counts: [Int]) throws -> Tensor {
        guard let group else { return try model.loss(images: images, texts: texts) }
        let rank = group.placement.rank
        let first = counts.prefix(rank).reduce(0, +)
        return try model.loss(
            images: images, texts: texts, allImages: group.gathered(images, counts: counts),
            allTexts: group.gathered(texts, counts: counts), own: first..<first + counts[rank])
    }

    private func outcome(_ loss: Tensor, images: Tensor, texts: Tensor) throws -> Outcome {
        let ranked = min(images.shape[0], Self.mostRanked)
        let cosines = try Tensor.withoutRecording {
            try images.narrowed(0..<ranked).linear(weight: texts.narrowed(0..<ranked)).values()
        }
        return Outcome(
            loss: try loss.item(), gradientNorm: .nan,
            inBatch: RetrievalReport(cosines: cosines, pairs: ranked))
    }

    /// The gradient of the whole batch's loss with a part of the batch in memory at a time (Gao et al., "Scaling
    /// Deep Contrastive Learning Batch Size under Memory Limited Setup"): features first, then the loss's gradient
    /// by each feature, then each part again, now recorded, from that gradient back.
    private func backwardInParts(_ batch: Batch, size: Int, counts: [Int]) throws -> Outcome {
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
        let loss = try loss(images: allImages, texts: allTexts, counts: counts)
        try loss.backward()
        guard let imageSeed = allImages.gradient(), let textSeed = allTexts.gradient() else {
            preconditionFailure("the loss depends on its features")
        }
        for part in parts {
            try model.imageFeatures(batch.pictures(part), .recompute).backward(seed: imageSeed.narrowed(part))
            try model.textFeatures(batch.texts(part)).backward(seed: textSeed.narrowed(part))
        }
        return try outcome(loss, images: allImages, texts: allTexts)
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
            rows.map { text($0).map(Int.init) })
    }

    /// The real tokens of one row.
    func text(_ row: Int) -> ArraySlice<Int32> {
        Array(tokens[row * contextLength..<row * contextLength + Int(lengths[row])])[...]
    }
}
