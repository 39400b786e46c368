import CLIPTrain
import Foundation
import Loader
import Synchronization

/// Training steps of `wit` and of OpenCLIP in turn, in one run, on the same captions.
///
///     swift run -c release CLIPTrainBenchmark --python PYTHON [--model ViT-B/32] [--batch 32]
///         [--precision bfloat16|float32] [--threads 2] [--warm-up 2] [--steps 5] [--padded] [--channels-last]
///
/// PYTHON has `open_clip_torch`. Both make one step after the other, in turn; the median of the timed ones counts.
/// Wall time needs a quiet machine; the ratio of processor time is printed beside it.
@main
struct CLIPTrainBenchmark {
    static func main() async throws {
        let options = try Options(CommandLine.arguments.dropFirst())
        // One pool each, and no pool that spins while the other program works.
        setenv("OMP_NUM_THREADS", "\(options.threads)", 1)
        setenv("OMP_WAIT_POLICY", "PASSIVE", 1)
        if let folder = options.parity {
            return try await Parity(folder: folder, options: options).run()
        }
        let model = try ModelConfiguration(named: options.model)
        let peer = try options.python.map { try Peer(python: $0, options, model) }
        let source = RandomSource(options, model, peer: peer)
        let folder = NSTemporaryDirectory() + "cliptrain-benchmark-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var recipe = try Recipe(modelNamed: options.model)
        recipe.epochs = options.warmUp + options.steps
        var configuration = TrainConfiguration(model: model, recipe: recipe, output: folder)
        configuration.precision = options.precision
        configuration.threads = options.threads
        try await TensorLibrary.setThreads(options.threads)
        let rate = try await TensorLibrary.matrixRate(size: 1536, precision: options.precision, repeats: 10)
        let trainer = try await Trainer(configuration, source: source)
        let ours = StepTimes()
        let used = Mutex(Usage.now.processor)
        _ = try await trainer.run { report in
            let usage = Usage.now
            let before = used.withLock { value in
                defer { value = usage.processor }
                return value
            }
            let wall = Double(options.batch) / report.samplesPerSecond * (1 - report.dataWait)
            ours.add(.init(wall: wall, processor: usage.processor - before), peakMiB: usage.peakMiB)
        }
        print(summary(options, model, ours: ours, peer: peer, rate: rate, tokens: source.tokensPerBatch))
    }

    private static func summary(
        _ options: Options, _ model: ModelConfiguration, ours: StepTimes, peer: Peer?, rate: Double,
        tokens: Int
    ) -> String {
        let mine = ours.median(skipping: options.warmUp)
        var lines = [
            "\(options.model), batch \(options.batch), \(options.precision.rawValue), \(options.threads) threads, "
                + "\(tokens) text tokens a batch",
            line("wit, LibTorch \(TensorLibrary.version)", options.batch, mine, ours.peakMiB),
        ]
        if let work = Work(model, batch: options.batch, tokens: tokens) {
            lines.append(
                String(
                    format: "  %.0f GFLOP a step, %.0f GFLOP/s; best matrix product of this run %.0f GFLOP/s",
                    work.gigaflops, work.gigaflops / mine.wall, rate))
        }
        if let peer {
            let theirs = peer.times.median(skipping: options.warmUp)
            lines.append(line(peer.version, options.batch, theirs, peer.times.peakMiB))
            lines.append(
                String(
                    format: "ratio: %.2f by wall time, %.2f by processor time, %.2f of the memory",
                    theirs.wall / mine.wall,
                    theirs.processor / mine.processor, Double(ours.peakMiB) / Double(peer.times.peakMiB)))
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ name: String, _ batch: Int, _ step: StepTimes.Step, _ peakMiB: Int) -> String {
        String(
            format: "%@: %.2f samples/s, %.3f s a step, %.3f s of processor time, peak %d MiB",
            name.padding(toLength: 40, withPad: " ", startingAt: 0), Double(batch) / step.wall, step.wall,
            step.processor, peakMiB)
    }
}

/// A command line that cannot be understood.
struct Wrong: Error, CustomStringConvertible {
    let description: String
}

/// What is asked for on the command line.
struct Options {
    var python: String?
    var model = "ViT-B/32"
    var batch = 32
    var precision = Precision.bfloat16
    var threads = 2
    var warmUp = 2
    var steps = 5
    var padded = false
    var channelsLast = false
    /// A folder of `parity.py`: its weights and batches are trained on instead of the clock being looked at.
    var parity: String?
    var learningRate = 5e-4

    init(_ arguments: some Sequence<String>) throws {
        var rest = Array(arguments)[...]
        func value(_ name: String) throws -> String {
            guard let value = rest.popFirst() else { throw Wrong(description: "\(name) needs a value") }
            return value
        }
        func number(_ name: String) throws -> Int {
            guard let number = Int(try value(name)) else {
                throw Wrong(description: "\(name) needs a number")
            }
            return number
        }
        while let name = rest.popFirst() {
            switch name {
            case "--python": python = try value(name)
            case "--model": model = try value(name)
            case "--batch": batch = try number(name)
            case "--threads": threads = try number(name)
            case "--warm-up": warmUp = try number(name)
            case "--steps": steps = try number(name)
            case "--parity": parity = try value(name)
            case "--rate":
                guard let rate = Double(try value(name)) else {
                    throw Wrong(description: "--rate needs a number")
                }
                learningRate = rate
            case "--padded": padded = true
            case "--channels-last": channelsLast = true
            case "--precision":
                guard let format = Precision(rawValue: try value(name)) else {
                    throw Wrong(description: "--precision is float32, bfloat16 or float64")
                }
                precision = format
            default: throw Wrong(description: "there is no option \(name)")
            }
        }
    }
}
