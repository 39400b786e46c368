import CLIPTrain
import Foundation
import Loader

/// Noise for pictures, and texts as long as alt texts are; before each batch the peer makes its step.
struct RandomSource: BatchSource {
    let batch: Batch
    let steps: Int
    let peer: Peer?

    var identity: String { "noise" }
    var batchesPerEpoch: Int { 1 }
    var tokensPerBatch: Int { batch.lengths.reduce(0) { $0 + Int($1) } }

    init(_ options: Options, _ model: ModelConfiguration, peer: Peer?) {
        self.peer = peer
        steps = options.warmUp + options.steps
        let side = model.vision.imageSize
        let context = model.text.contextLength
        let end = Int32(model.text.vocabularySize - 1)
        let texts = RandomSource.lengths(options, context: context).map { length -> [Int32] in
            let words = (0..<length - 2).map { _ in Int32.random(in: 1..<end - 1) }
            return [end - 1] + words + [end] + Array(repeating: 0, count: context - length)
        }
        batch = Batch(
            images: ContiguousArray(
                (0..<options.batch * 3 * side * side).map { _ in Float.random(in: -2...2) }),
            imageSize: side, tokens: ContiguousArray(texts.joined()), contextLength: context,
            lengths: ContiguousArray(RandomSource.lengths(options, context: context).map(Int32.init)),
            keys: (0..<options.batch).map { "\($0)" })
    }

    /// 6 to 22 tokens, 14 on average, as alt texts have; or the whole context.
    static func lengths(_ options: Options, context: Int) -> [Int] {
        (0..<options.batch).map { options.padded ? context : 6 + $0 * 7 % 17 }
    }

    func batches(epochs: Range<Int>, from batch: Int) -> AsyncThrowingStream<Batch, any Error> {
        AsyncThrowingStream {
            try self.peer?.step()
            return self.batch
        }
    }
}
