import Decode
import Foundation
import Loader
import Tokenizer

/// Streams shards once and prints the samples, the seconds to the first batch and the peak memory in MiB.
///
/// Usage: LoaderBenchmark exact|fast|bytes THREADS PATTERN
@main
struct LoaderBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, ["exact", "fast", "bytes"].contains(arguments[1]), let threads = Int(arguments[2])
        else {
            FileHandle.standardError.write(Data("usage: LoaderBenchmark exact|fast|bytes THREADS PATTERN\n".utf8))
            exit(2)
        }
        let start = ContinuousClock.now
        var configuration = LoaderConfiguration(sources: [.tars(arguments[3])], batchSize: 64)
        configuration.threads = threads
        configuration.crop = .centre
        configuration.lastBatch = .keep
        if arguments[1] == "bytes" { configuration.content = .bytes }
        if arguments[1] == "fast" { configuration.reduction = .keeping(factor: 1) }
        let tokenizer = configuration.content == .bytes ? nil : try CLIPTokenizer()
        var samples = 0
        var first: Duration?
        for try await batch in try Loader(configuration, tokenizer: tokenizer).epoch(0) {
            first = first ?? start.duration(to: .now)
            samples += batch.count
        }
        let seconds = first.map { Double($0.components.seconds) + Double($0.components.attoseconds) * 1e-18 } ?? 0
        print(samples, String(format: "%.3f", seconds), peakMiB())
    }

    /// The most memory that was resident, as the kernel counts it.
    private static func peakMiB() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 >> 10 } ?? 0
    }
}
