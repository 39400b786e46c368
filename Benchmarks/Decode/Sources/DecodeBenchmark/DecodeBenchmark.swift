import CFloor
import Decode
import Foundation

/// CPU time of decoding and transforming the pictures of a folder, each way in turn, round after round.
///
/// Usage: DecodeBenchmark FOLDER [every Nth file] [rounds], or DecodeBenchmark --hashes FOLDER
/// or DecodeBenchmark --reduction FOLDER
@main
struct DecodeBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "--hashes", let folder = arguments.dropFirst().first {
            try HashMeasurement(folder).report()
            return
        }
        if arguments.first == "--reduction", let folder = arguments.dropFirst().first {
            let measurement = ReductionMeasurement(try load(folder, ImageFormat.jpeg.rawValue, 10))
            for factor in [2, 1.5, 1] { try measurement.report(keeping: factor) }
            return
        }
        guard let folder = arguments.first else {
            FileHandle.standardError.write(Data("usage: DecodeBenchmark FOLDER [NTH] [ROUNDS]\n".utf8))
            exit(2)
        }
        let nth = arguments.dropFirst().first.flatMap { Int($0) } ?? 1
        let rounds = arguments.dropFirst(2).first.flatMap { Int($0) } ?? 3
        for format in ImageFormat.allCases {
            let files = try load(folder, format.rawValue, nth)
            if !files.isEmpty { try measure(format, files, rounds) }
        }
    }

    private static func load(_ folder: String, _ suffix: String, _ nth: Int) throws -> [[UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix("." + suffix)
        }
        return try names.sorted().enumerated().filter { $0.offset.isMultiple(of: nth) }
            .map { try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0.element))) }
    }

    private static func measure(_ format: ImageFormat, _ files: [[UInt8]], _ rounds: Int) throws {
        let ways = ways(for: format)
        var best = [Double](repeating: .infinity, count: ways.count)
        for _ in 0..<rounds {
            for (index, way) in ways.enumerated() {
                let start = cpuSeconds()
                for file in files { try file.withUnsafeBytes { try way.run($0) } }
                best[index] = min(best[index], (cpuSeconds() - start) / Double(files.count) * 1000)
            }
        }
        print("\(format.rawValue), \(files.count) pictures, CPU ms a picture, best of \(rounds):")
        for (way, milliseconds) in zip(ways, best) {
            let name = way.name.padding(toLength: 34, withPad: " ", startingAt: 0)
            print(
                "  \(name) \(String(format: "%.3f   %.2f x the first", milliseconds, milliseconds / best[0]))"
            )
        }
    }

    private struct Way {
        let name: String
        let run: (UnsafeRawBufferPointer) throws -> Void
    }

    private static func ways(for format: ImageFormat) -> [Way] {
        let row = UnsafeMutablePointer<UInt8>.allocate(capacity: 65_536 * 3)
        let planes = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3 * 224 * 224)
        let scratch = DecodeScratch()
        let transform = ImageTransform(size: 224, crop: .centre)
        func decoding(_ name: String, _ reduction: JPEGReduction) -> Way {
            let decoder = ImageDecoder(reduction: reduction)
            return Way(name: name) {
                try decoder.decode($0, transform: transform, into: planes, scratch: scratch)
            }
        }
        let whole = [
            Way(name: "ImageDecoder.decode") { _ = try ImageDecoder().decode($0) },
            decoding("decode + transform, exact", .none),
        ]
        guard format == .jpeg else { return whole }
        let floor = Way(name: "libjpeg-turbo alone (the floor)") {
            guard let bytes = $0.bindMemory(to: UInt8.self).baseAddress else { return }
            cfloor_decode(bytes, $0.count, row)
        }
        return [floor] + whole + [
            decoding("decode + transform, keeping 2 x", .keeping(factor: 2)),
            decoding("decode + transform, keeping 1 x", .keeping(factor: 1)),
        ]
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
