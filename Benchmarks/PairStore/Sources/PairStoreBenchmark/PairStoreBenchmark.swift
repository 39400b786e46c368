import Foundation
import PairStore
import QueryBank

/// Appending beside a raw write, the catalogue alone, and looking into it; see `Benchmarks/PairStore/run`.
@main
enum PairStoreBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let rows: Int? =
            switch arguments.first ?? "short" {
            case "short": 100_000
            case "long": 10_000_000
            case let word: Int(word)
            }
        guard let rows, rows >= 1000 else { throw Usage() }
        let folder = arguments.dropFirst().first ?? NSTemporaryDirectory() + "wit-store-benchmark"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        print("PairStore, \(rows) rows, in \(folder), \(ProcessInfo.processInfo.activeProcessorCount) cores")
        try AppendMeasurement(folder: folder, pairs: rows >= 1_000_000 ? 20_000 : 2000).run()
        let store = try CatalogueMeasurement(folder: folder, rows: rows).run()
        try ReadMeasurement(store: store, rows: rows).run()
    }

    struct Usage: Error, CustomStringConvertible {
        var description: String { "usage: PairStoreBenchmark short|long|ROWS [FOLDER]" }
    }
}

/// Wall and CPU time of some work, in seconds.
struct Spent {
    private(set) var wall = 0.0
    private(set) var cpu = 0.0

    /// Nothing.
    init() {}

    init(_ work: () throws -> Void) rethrows {
        let (start, startCPU) = (ContinuousClock.now, Self.cpuSeconds)
        try work()
        cpu = Self.cpuSeconds - startCPU
        wall = (ContinuousClock.now - start) / .seconds(1)
    }

    static func += (left: inout Spent, right: Spent) {
        left.wall += right.wall
        left.cpu += right.cpu
    }

    /// Of this process, all threads.
    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension Double {
    func rounded(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
