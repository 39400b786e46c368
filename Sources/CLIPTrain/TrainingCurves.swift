import Foundation

/// How a run went, as a piece of a page: its figures and one curve for each metric.
public struct TrainingCurves: Sendable {
    private let steps: [StepReport]
    private let result: TrainReport

    /// The file in a run's folder that holds its `TrainReport`.
    static let resultFile = "result.json"

    /// Reads a run's output folder. Throws `CLIPTrainError` where no run has ended.
    public init(run folder: String) throws {
        let path = folder + "/" + Self.resultFile
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CLIPTrainError(.file, "cannot read \(path): no training run has ended in \(folder)")
        }
        do {
            result = try JSONDecoder().decode(TrainReport.self, from: data)
        } catch {
            throw CLIPTrainError(.file, "\(path) is no training result: \(error.localizedDescription)")
        }
        steps = MetricsLog.reports(folder + "/metrics.jsonl")
    }

    init(steps: [StepReport], result: TrainReport) {
        self.steps = steps
        self.result = result
    }

    /// A table and figures, in HTML; scripts and styles are the page's own business.
    public var html: String { summary + "\n" + figures.joined(separator: "\n") }

    private var figures: [String] {
        [
            CurvePlot(
                title: "loss", points: points(\.loss), reference: ("ln(batch), guessing", result.chanceLoss)),
            CurvePlot(
                title: "recall at 1 in the batch, picture to text",
                points: known { $0.inBatch?.imageToText.at1 }),
            CurvePlot(
                title: "recall at 1 held out, picture to text",
                points: known { $0.evaluation?.retrieval.imageToText.at1 },
                reference: result.retrieval.map { ("guessing", $0.chance.at1) }),
            CurvePlot(
                title: "zero-shot top-1", points: known { $0.evaluation?.zeroShot?.top1 },
                reference: result.zeroShot.map { ("guessing", 1 / Double($0.classes)) }),
            CurvePlot(title: "logit scale", points: points(\.logitScale)),
            CurvePlot(title: "learning rate", points: points(\.learningRate)),
            CurvePlot(title: "gradient norm", points: points(\.gradientNorm)),
            CurvePlot(title: "pairs a second", points: points(\.samplesPerSecond)),
            CurvePlot(title: "share of time waiting for data", points: points(\.dataWait)),
        ].filter { !$0.points.isEmpty }.map(\.figure)
    }

    /// The steps that have a value.
    private func known(_ value: (StepReport) -> Double?) -> [(x: Double, y: Double)] {
        steps.compactMap { step in value(step).map { (Double(step.step), $0) } }
    }

    private func points(_ value: KeyPath<StepReport, Double>) -> [(x: Double, y: Double)] {
        steps.map { (Double($0.step), $0[keyPath: value]) }
    }

    private var summary: String {
        func number(_ value: Double) -> String { String(format: "%.4g", value) }
        func percent(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }
        var rows = [
            ("steps", "\(result.steps)"),
            (
                "loss, mean of the last epoch",
                "\(number(result.loss)) (guessing: \(number(result.chanceLoss)))"
            ),
            ("checkpoint", result.checkpoint),
        ]
        if let found = result.retrieval {
            let title = "held-out retrieval among \(found.candidates), recall at 1, 5, 10"
            for (name, recall) in [
                ("picture to text", found.imageToText), ("text to picture", found.textToImage),
                ("guessing", found.chance),
            ] {
                let values = [recall.at1, recall.at5, recall.at10].map(percent).joined(separator: ", ")
                rows.append(("\(title), \(name)", values))
            }
        }
        if let found = result.zeroShot {
            rows.append(
                (
                    "zero-shot among \(found.classes) classes, \(found.pictures) pictures, top-1, top-5",
                    [found.top1, found.top5].map(percent).joined(separator: ", ")
                ))
        }
        let cells = rows.map { "<tr><th>\(escaped($0.0))</th><td>\(escaped($0.1))</td></tr>" }
        return "<table>\(cells.joined())</table>"
    }

    private func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    }
}
