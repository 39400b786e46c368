import Foundation

/// A page with the curves of a run, in one file that needs nothing else.
struct ReportPage {
    let steps: [StepReport]
    let result: TrainReport
    let configuration: TrainConfiguration

    /// Writes the page, replacing one that is there.
    func write(to path: String) throws {
        do {
            try Data(html.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CLIPTrainError(.file, "cannot write \(path): \(error.localizedDescription)")
        }
    }

    private var html: String {
        """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><title>Training run</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 66rem; padding: 0 1rem }
        figure { display: inline-block; margin: 0 1rem 1rem 0 } figcaption { font-weight: 600 }
        svg { background: #fafafa; border: 1px solid #ddd } td, th { padding: 0 1rem 0 0; text-align: left }
        </style>
        <h1>Training run</h1>
        <p>precision \(configuration.precision.rawValue), seed \(configuration.seed)</p>
        \(TrainingCurves(steps: steps, result: result).html)
        </html>
        """
    }
}

/// One curve as an SVG figure.
struct CurvePlot {
    let title: String
    let points: [(x: Double, y: Double)]
    /// A level to compare with, and what it is.
    var reference: (label: String, level: Double)?

    private static let width = 480.0
    private static let height = 240.0
    private static let margin = 40.0
    /// More points than pixels would only make the page heavy.
    private static let mostPoints = 960

    /// The figure element.
    var figure: String {
        let levels = points.map(\.y) + (reference.map { [$0.level] } ?? [])
        let low = min(0, levels.min() ?? 0)
        let high = max(levels.max() ?? 1, low + 1e-12)
        let end = max(points.last?.x ?? 1, 1)
        func place(_ x: Double, _ y: Double) -> (Double, Double) {
            (
                Self.margin + x / end * (Self.width - Self.margin - 8),
                Self.height - 24 - (y - low) / (high - low) * (Self.height - 40)
            )
        }
        let line = thinned.map { point in
            let (x, y) = place(point.x, point.y)
            return String(format: "%.1f,%.1f", x, y)
        }
        return """
            <figure><figcaption>\(title)</figcaption>
            <svg width="\(Int(Self.width))" height="\(Int(Self.height))" role="img" aria-label="\(title) by step">
            \(label(high, at: place(0, high).1))\(label(low, at: place(0, low).1))
            <text x="\(Int(Self.width) - 8)" y="\(Int(Self.height) - 6)" font-size="11" text-anchor="end">\
            step \(Int(end))</text>
            \(referenceLine(place))
            <polyline fill="none" stroke="#2563eb" stroke-width="1.5" points="\(line.joined(separator: " "))"/>
            </svg></figure>
            """
    }

    private func label(_ value: Double, at y: Double) -> String {
        let text = String(format: "%.3g", value)
        return String(format: "<text x=\"4\" y=\"%.1f\" font-size=\"11\">", y + 4) + text + "</text>"
    }

    private func referenceLine(_ place: (Double, Double) -> (Double, Double)) -> String {
        guard let reference else { return "" }
        let (x, y) = place(0, reference.level)
        return String(
            format:
                "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#999\" stroke-dasharray=\"4 3\"/>",
            x,
            Self.width - 8, y, y)
            + String(format: "<text x=\"%.1f\" y=\"%.1f\" font-size=\"11\" fill=\"#666\">", x + 4, y - 4)
            + reference.label + "</text>"
    }

    /// Means of equal runs of points, at most `mostPoints`.
    private var thinned: [(x: Double, y: Double)] {
        let run = (points.count + Self.mostPoints - 1) / Self.mostPoints
        guard run > 1 else { return points }
        return stride(from: 0, to: points.count, by: run).map { start in
            let part = points[start..<min(start + run, points.count)]
            return (part[start].x, part.map(\.y).reduce(0, +) / Double(part.count))
        }
    }
}
