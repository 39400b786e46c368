import CLIPTrain
import Loader
import TestSupport

/// Pairs that can be learnt: a picture of one noisy colour, and a text with a word for each channel's level.
struct SyntheticSource: BatchSource {
    var pairs = 64
    var batchSize = 16
    var imageSize = 16
    var contextLength = 12
    var seed: UInt64 = 1
    /// A picture full of NaN in this batch of the run.
    var spoiltBatch: Int?
    /// Rows that are left of some batches of the run.
    var rowsLeft: [Int: Int] = [:]

    var identity: String { "synthetic \(pairs) \(batchSize) \(seed)" }
    var batchesPerEpoch: Int { pairs / batchSize }

    func batches(epochs: Range<Int>, from batch: Int) -> AsyncThrowingStream<Batch, any Error> {
        let first = epochs.lowerBound * batchesPerEpoch + batch
        let end = epochs.upperBound * batchesPerEpoch
        return AsyncThrowingStream { continuation in
            for index in first..<max(first, end) {
                let batch = self.batch(index)
                continuation.yield(rowsLeft[index].map(batch.prefix) ?? batch)
            }
            continuation.finish()
        }
    }

    /// A batch of the run, by its number from the first epoch on.
    func batch(_ index: Int) -> Batch {
        let (epoch, place) = index.quotientAndRemainder(dividingBy: batchesPerEpoch)
        var order = SeededGenerator(seed: seed &+ UInt64(epoch))
        let samples = Array(0..<pairs).shuffled(using: &order)[place * batchSize..<(place + 1) * batchSize]
        var images: ContiguousArray<Float> = []
        var tokens: ContiguousArray<Int32> = []
        var lengths: ContiguousArray<Int32> = []
        for sample in samples {
            var generator = SeededGenerator(seed: UInt64(sample) &* 977 &+ UInt64(index))
            images += picture(sample, using: &generator)
            let text = self.text(sample)
            lengths.append(Int32(text.count))
            tokens += text + Array(repeating: 0, count: contextLength - text.count)
        }
        if index == spoiltBatch { images[0] = .nan }
        return Batch(
            images: images, imageSize: imageSize, tokens: tokens, contextLength: contextLength,
            lengths: lengths,
            keys: samples.map { "pair-\($0)" })
    }

    private func picture(_ sample: Int, using generator: inout SeededGenerator) -> [Float] {
        let levels = [sample % 4, sample / 4 % 4, sample / 16 % 4].map { Float($0) - 1.5 }
        return levels.flatMap { level in
            (0..<imageSize * imageSize).map { _ in level + Float.random(in: -0.1...0.1, using: &generator) }
        }
    }

    private func text(_ sample: Int) -> [Int32] {
        let words = [Int32(10 + sample % 4), Int32(20 + sample / 4 % 4), Int32(30 + sample / 16 % 4)]
        let filler = Array(repeating: Int32(5), count: sample % 3)
        return [98] + filler + words + [99]
    }
}

extension Batch {
    /// The first rows, as when the others were damaged.
    func prefix(_ count: Int) -> Batch {
        let values = images.withUnsafeBytes {
            ContiguousArray($0.bindMemory(to: Float.self).prefix(count * 3 * imageSize * imageSize))
        }
        return Batch(
            images: values, imageSize: imageSize,
            tokens: ContiguousArray(tokens.prefix(count * contextLength)), contextLength: contextLength,
            lengths: ContiguousArray(lengths.prefix(count)), keys: Array(keys.prefix(count)))
    }
}

/// A model that trains in seconds in a debug build.
func tinyModel(quickGELU: Bool = true, resNet: Bool = false) -> ModelConfiguration {
    ModelConfiguration(
        embedDimension: 16, usesQuickGELU: quickGELU,
        vision: .init(
            imageSize: resNet ? 32 : 16, width: resNet ? 8 : 32,
            tower: resNet ? .resNet(blocks: [1, 1, 1, 1]) : .transformer(layers: 2, patchSize: 4),
            headWidth: 16),
        text: .init(contextLength: 12, vocabularySize: 100, width: 32, heads: 2, layers: 2))
}
