import ArgumentParser
import Foundation
import Loader

struct Stream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Stream shuffled, decoded, tokenised training batches.",
        discussion: """
            Reads a store or anybody's WebDataset shards. With --discard all the work is done and nothing is
            written: a measure of how fast this machine can feed a model.
              wit stream pairs --discard
              wit stream 'shards/{000000..000031}.tar' --batch-size 256 --output batches
            """)

    @Argument(help: ArgumentHelp("A store, or tar files by path or pattern.", valueName: "dir|tar"))
    var sources: [String]
    @Flag(help: "Do all the work, write nothing, print the figures.")
    var discard = false
    @Option(help: ArgumentHelp("Write each batch as .npy files to this folder; '-' is a pipe.", valueName: "dir"))
    var output: String?
    @Option(help: "Pairs in a batch.")
    var batchSize = 64
    @Option(help: "The side of the pictures, in pixels.")
    var imageSize = 224
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Passes over the data.")
    var epochs = 1
    @Option(help: "Seeds the order and the crops.")
    var seed: UInt64 = 0
    @Option(help: "'random' crops as in training, 'centre' as in evaluation.")
    var crop = CropArgument.random
    @Option(help: "This reader's number among --world, from 0.")
    var rank = 0
    @Option(help: "Readers that share each batch.")
    var world = 1
    @Option(help: "An epoch's incomplete last batch: \(LoaderConfiguration.LastBatch.allCases.map(\.rawValue)).")
    var lastBatch = LoaderConfiguration.LastBatch.keep
    @Option(help: "What to make of a sample: \(LoaderConfiguration.Content.allCases.map(\.rawValue)).")
    var content = LoaderConfiguration.Content.pairs
    @OptionGroup var merges: MergesOption
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    enum CropArgument: String, ExpressibleByArgument, CaseIterable {
        case random, centre
    }

    private struct Facts: Encodable {
        let samples: Int
        let bytes: Int64
        let seconds: Double
        let cpuSeconds: Double
        let stallSeconds: Double
        let skipped: [String: Int]

        enum CodingKeys: String, CodingKey {
            case samples, bytes, seconds, skipped
            case cpuSeconds = "cpu_seconds"
            case stallSeconds = "stall_seconds"
        }
    }

    func validate() throws {
        guard discard != (output != nil) else {
            throw ValidationError("say where batches go: --discard, or --output with a folder or -")
        }
        guard epochs >= 1 else { throw ValidationError("--epochs \(epochs) is below 1") }
    }
}

extension LoaderConfiguration.LastBatch: ExpressibleByArgument {}
extension LoaderConfiguration.Content: ExpressibleByArgument {}
