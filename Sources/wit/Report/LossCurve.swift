/// The contrastive loss over steps, as a picture.
struct LossCurve {
    /// (step, loss), steps rising.
    let points: [(step: Int, loss: Double)]
    /// ln(batch): the loss of a model that knows nothing.
    let chance: Double

    private static let width = 800.0
    private static let height = 280.0
    private static let margin = (left: 48.0, right: 12.0, top: 12.0, bottom: 32.0)

    private var lastStep: Double { Double(max(1, points.last?.step ?? 1)) }
    private var top: Double { max(chance, points.map(\.loss).max() ?? 0) * 1.08 }

    private func x(_ step: Double) -> Double {
        Self.margin.left + step / lastStep * (Self.width - Self.margin.left - Self.margin.right)
    }

    private func y(_ loss: Double) -> Double {
        Self.height - Self.margin.bottom
            - loss / top * (Self.height - Self.margin.top - Self.margin.bottom)
    }

    /// A scalable drawing: the loss of each step, its running mean, and the line of chance.
    var svg: String {
        """
        <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="Loss over steps">
        \(axes)
        <path d="\(path(points))" fill="none" stroke="#0a7d3855" stroke-width="1"/>
        <path d="\(path(smoothed))" fill="none" stroke="#0a7d38" stroke-width="2.2"/>
        \(chanceLine)
        </svg>
        """
    }

    /// Mean of the last ten steps at each step.
    private var smoothed: [(step: Int, loss: Double)] {
        points.indices.map { index in
            let window = points[max(0, index - 9)...index]
            return (points[index].step, window.reduce(0) { $0 + $1.loss } / Double(window.count))
        }
    }

    private func path(_ points: [(step: Int, loss: Double)]) -> String {
        points.enumerated().map { index, point in
            "\(index == 0 ? "M" : "L")\(Format.decimal(x(Double(point.step)), 1)) \(Format.decimal(y(point.loss), 1))"
        }.joined()
    }

    private var chanceLine: String {
        let height = Format.decimal(y(chance), 1)
        return """
            <path d="M\(Self.margin.left) \(height)H\(Self.width - Self.margin.right)" stroke="#b33" \
            stroke-dasharray="5 4"/><text x="\(Self.width - 130)" y="\(Format.decimal(y(chance) - 5, 1))">\
            chance: ln(batch)</text>
            """
    }

    private var axes: String {
        let ticks = (0...4).map { tick -> String in
            let loss = top * Double(tick) / 4
            return "<path d=\"M\(Self.margin.left) \(Format.decimal(y(loss), 1))H\(Self.width - Self.margin.right)\" "
                + "stroke=\"#8883\"/><text x=\"8\" y=\"\(Format.decimal(y(loss) + 4, 1))\">"
                + "\(Format.decimal(loss, 2))</text>"
        }
        let label = "<text x=\"\(Self.width / 2 - 60)\" y=\"\(Self.height - 8)\">step (1 to \(Int(lastStep)))</text>"
        return ticks.joined(separator: "\n") + label
    }
}
