import ArgumentParser
import CommandKit
import Decode
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
              wit stream 's3://bucket/{000..127}.tar' --discard
              wit stream pairs 'other/*.tar' --weight 1 --weight 0.5 --prompt 'a photo of {}' --discard
              wit stream pairs --epochs 32 --state place.json --output - | python3 train.py    # goes on after Ctrl-C
            """)

    @Argument(
        help: ArgumentHelp(
            "A store, or tar files by path, URL (https://, s3://) or pattern, 'pipe:COMMAND', or - .",
            valueName: "dir|tar"))
    var sources: [String]
    @Flag(help: "Do all the work, write nothing, print the figures.")
    var discard = false
    @Option(
        help: ArgumentHelp("Write each batch as .npy files to this folder; '-' is a pipe.", valueName: "dir"))
    var output: String?
    @Option(help: "Pairs in a batch.")
    var batchSize = 64
    @Option(help: "The side of the pictures, in pixels.")
    var imageSize = 224
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Passes over the data.")
    var epochs = 1
    @Option(
        help: ArgumentHelp(
            "How often each source's samples come in an epoch, in the order of the sources.",
            discussion: "Given for every source or none: 2 is twice, 0.25 a quarter of them, by turns."))
    var weight: [Double] = []
    @Option(
        help: ArgumentHelp(
            "Puts captions into a text with {} in it; of several, each sample draws one each epoch.",
            valueName: "text"))
    var prompt: [String] = []
    @Option(
        help: ArgumentHelp("Take captions from this field of KEY.json, not from KEY.txt.", valueName: "name"))
    var captionField: String?
    @Option(help: "Seeds the order and the crops.")
    var seed: UInt64 = 0
    @Option(help: "'random' crops as in training, 'centre' as in evaluation.")
    var crop = CropArgument.random
    @Option(help: "This reader's number among --world, from 0.")
    var rank = 0
    @Option(help: "Readers that share each batch.")
    var world = 1
    @Option(
        help:
            "An epoch's incomplete last batch: \(LoaderConfiguration.LastBatch.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var lastBatch = LoaderConfiguration.LastBatch.keep
    @Option(
        help:
            "What to make of a sample: \(LoaderConfiguration.Content.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var content = LoaderConfiguration.Content.pairs
    @Option(
        help: "How pictures are written: \(PixelFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var pixels = PixelFormat.float32
    @Option(
        help: ArgumentHelp(
            "Keep in this file how far the stream has come, and go on from there if the file is there.",
            discussion:
                "Batches go on byte-identical, whatever the threads, the world, and pairs that a store gained since.",
            valueName: "file"))
    var state: String?
    @Flag(help: "With --state: go on in another order where pairs of the store were removed since.")
    var acceptMissing = false
    @OptionGroup(title: "Shards from URLs and pipes") var remote: RemoteOptions
    @OptionGroup var view: ViewOptions
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
        let stalls: Int
        let stallSeconds: Double
        let skipped: [String: Int]

        enum CodingKeys: String, CodingKey {
            case samples, bytes, seconds, stalls, skipped
            case cpuSeconds = "cpu_seconds"
            case stallSeconds = "stall_seconds"
        }
    }

    func validate() throws {
        guard discard != (output != nil) else {
            throw ValidationError("say where batches go: --discard, or --output with a folder or -")
        }
        guard epochs >= 1 else { throw ValidationError("--epochs \(epochs) is below 1") }
        if acceptMissing, state == nil { throw ValidationError("--accept-missing needs --state") }
    }

    func run() async throws {
        let place = state.map(StreamPlace.init)
        let start = try place?.read()
        var loading = loading
        loading.snapshot = start?.snapshot
        let loader = try await Loader.open(loading, tokenizer: content == .bytes ? nil : merges.load())
        let batches = try batches(of: loader, from: start)
        let total = loader.sampleCount * epochs / world
        let writer = try output.map {
            try BatchWriter($0 == "-" ? .descriptor(STDOUT_FILENO) : .folder($0))
        }
        signal(SIGPIPE, SIG_IGN)  // a reader that goes away is an error to report, not a silent death
        let interrupt = Interrupt(saying: "stopping after this batch")
        let display = progress.display
        let before = CPUTime.now
        for try await batch in batches {
            try writer?.write(batch)
            try place?.write(loader.state(after: batch))
            let statistics = loader.statistics
            display.update(line: Self.line(statistics, of: total), facts: statistics)
            if interrupt.requested { break }
        }
        display.finish()
        try conclude(loader.statistics, cpuSeconds: CPUTime.now - before)
    }

    private func batches(of loader: Loader, from start: LoaderState?) throws -> BatchSequence {
        guard var start else { return loader.batches(epochs: 0..<epochs) }
        // The order of those that are left is one of its own.
        if acceptMissing { start.snapshot = loader.snapshot }
        Terminal.note("going on at batch \(start.batch) of epoch \(start.epoch)")
        return try loader.batches(from: start, upToEpoch: epochs)
    }

    private var loading: LoaderConfiguration {
        var loading = LoaderConfiguration(sources: sources.map(LoaderSource.init), batchSize: batchSize)
        loading.imageSize = imageSize
        loading.threads = threads
        loading.seed = seed
        loading.crop = crop == .random ? .random : .centre
        (loading.rank, loading.world) = (rank, world)
        loading.lastBatch = lastBatch
        loading.content = content
        (loading.weights, loading.prompts) = (weight, prompt)
        loading.remote = remote.access
        if let captionField { loading.caption = .field(captionField) }
        loading.pixels = pixels
        loading.view = view.view
        loading.acceptsMissing = acceptMissing
        return loading
    }

    private static func line(_ statistics: LoaderStatistics, of total: Int) -> String {
        let bar = ProgressBar.text(done: Double(statistics.samples), of: Double(total))
        let rate = Double(statistics.samples) / max(statistics.seconds, 1e-9)
        return "\(bar) \(Format.count(statistics.samples))/\(Format.count(total)) pairs  "
            + "\(Format.decimal(rate, 0)) pairs/s  \(speed(statistics))  stalls \(statistics.stalls)  "
            + "skipped \(statistics.skippedCount)"
    }

    private static func speed(_ statistics: LoaderStatistics) -> String {
        Format.bytes(Int64(Double(statistics.bytes) / max(statistics.seconds, 1e-9))) + "/s"
    }

    private func conclude(_ statistics: LoaderStatistics, cpuSeconds: Double) throws {
        let facts = Facts(
            samples: statistics.samples, bytes: statistics.bytes, seconds: statistics.seconds,
            cpuSeconds: cpuSeconds, stalls: statistics.stalls, stallSeconds: statistics.stallSeconds,
            skipped: statistics.skipped)
        if json.isOn {
            return output == "-" ? Terminal.note(try JSONOutput.line(facts)) : try JSONOutput.print(facts)
        }
        // A pipe's standard output belongs to the batches.
        let print: (String) -> Void =
            output == "-" ? { Terminal.note($0) } : { StandardOutput.write($0 + "\n") }
        let rate = Double(facts.samples) / max(facts.seconds, 1e-9)
        print("samples   \(Format.count(facts.samples)) in \(Format.decimal(facts.seconds, 2)) s")
        print("speed     \(Format.decimal(rate, 1)) pairs/s, \(Self.speed(statistics))")
        let eachCPU = Double(facts.samples) / max(facts.cpuSeconds, 1e-9)
        print(
            "cpu       \(Format.decimal(facts.cpuSeconds, 2)) s, \(Format.decimal(eachCPU, 1)) pairs per CPU-second"
        )
        print(
            "stalls    \(Format.count(facts.stalls)), \(Format.decimal(facts.stallSeconds, 2)) s of waiting")
        print("skipped   \(Format.count(statistics.skippedCount))")
        for (reason, count) in facts.skipped.sorted(by: { $0.key < $1.key }) {
            print("  \(Format.column(reason, 20)) \(Format.count(count))")
        }
    }
}

/// Processor time of this process, user and system together.
enum CPUTime {
    /// Seconds so far.
    static var now: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
