import Foundation

/// The run's `metrics.jsonl`: one `StepReport` a line.
final class MetricsLog {
    private let path: String
    private let descriptor: Int32
    private let encoder: JSONEncoder

    /// Opens the log for appending, without the steps after `step`: a resumed run does those again.
    init(_ path: String, keepingUpTo step: Int) throws {
        self.path = path
        let kept = Self.reports(path).filter { $0.step <= step }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        self.encoder = encoder
        let lines = try kept.map { try Self.line($0, encoder) }.reduce(Data(), +)
        do {
            try lines.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CLIPTrainError(.file, "cannot write \(path): \(error.localizedDescription)")
        }
        descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        if descriptor < 0 { throw DurableFile.failure("open", path) }
    }

    deinit { close(descriptor) }

    /// Appends a line.
    func append(_ report: StepReport) throws {
        let line = try Self.line(report, encoder)
        let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written != line.count { throw DurableFile.failure("write", path) }
    }

    /// The reports that are there; a line that a crash cut short is left out.
    static func reports(_ path: String) -> [StepReport] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let decoder = JSONDecoder()
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(StepReport.self, from: $0)
        }
    }

    private static func line(_ report: StepReport, _ encoder: JSONEncoder) throws -> Data {
        try encoder.encode(report) + [UInt8(ascii: "\n")]
    }
}
