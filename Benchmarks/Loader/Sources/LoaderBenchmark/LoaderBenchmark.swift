import Decode
import Foundation
import Loader
import Tokenizer

/// Streams shards, one pass or several, and prints what it took as one JSON object.
///
/// Usage: LoaderBenchmark exact|fast|bytes THREADS EPOCHS PATTERN [FOLDER FOR THE BATCHES]
@main
struct LoaderBenchmark {
    struct Facts: Encodable {
        var samples = 0
        /// Wall time from the start of the program to its first batch, and of the whole run after opening.
        var firstBatchSeconds = 0.0
        var seconds = 0.0
        /// The most memory in each epoch, and ever, in KiB.
        var residentKiB: [Int] = []
        var peakKiB = 0
    }

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 4, ["exact", "fast", "bytes"].contains(arguments[0]), let threads = Int(arguments[1]),
            let epochs = Int(arguments[2])
        else {
            let usage = "usage: LoaderBenchmark exact|fast|bytes THREADS EPOCHS PATTERN [FOLDER]\n"
            FileHandle.standardError.write(Data(usage.utf8))
            exit(2)
        }
        let start = ContinuousClock.now
        let configuration = configuration(arguments[0], threads: threads, pattern: arguments[3])
        let tokenizer = configuration.content == .bytes ? nil : try CLIPTokenizer()
        let loader = try Loader(configuration, tokenizer: tokenizer)
        let writer = try arguments.dropFirst(4).first.map { try BatchWriter(.folder($0)) }
        var facts = Facts()
        for epoch in 0..<epochs {
            var most = 0
            for try await batch in loader.epoch(epoch) {
                if facts.samples == 0 { facts.firstBatchSeconds = seconds(since: start) }
                facts.samples += batch.count
                try writer?.write(batch)
                most = max(most, kernelKiB("VmRSS:"))
            }
            facts.residentKiB.append(most)
        }
        facts.seconds = loader.statistics.seconds
        facts.peakKiB = kernelKiB("VmHWM:")
        print(String(decoding: try JSONEncoder().encode(facts), as: UTF8.self))
    }

    private static func configuration(_ mode: String, threads: Int, pattern: String) -> LoaderConfiguration {
        var configuration = LoaderConfiguration(sources: [.tars(pattern)], batchSize: 64)
        configuration.threads = threads
        configuration.crop = .centre
        configuration.lastBatch = .keep
        if mode == "bytes" { configuration.content = .bytes }
        if mode == "fast" { configuration.reduction = .keeping(factor: 1) }
        return configuration
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let passed = start.duration(to: .now).components
        return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
    }

    /// A line of the kernel's account of this process.
    private static func kernelKiB(_ field: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }
}
