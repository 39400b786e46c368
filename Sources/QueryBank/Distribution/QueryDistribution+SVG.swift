internal import Foundation

extension QueryDistribution {
    /// The rank–count curve as an SVG document: queries by descending count, both axes logarithmic; matches
    /// (unbalanced) against claims (balanced), with the cap as a dashed line.
    public func svg(title: String = "Pairs a query") -> String {
        let plot = Plot(
            ranks: max(matchCurve.count, claimCurve.count),
            counts: max(matchCurve.first ?? 1, claimCurve.first ?? 1))
        let cap = plot.y(Double(perQuery))
        let capLine =
            perQuery <= plot.counts
            ? "<path d=\"M\(Plot.left) \(number(cap))H\(Plot.right)\" stroke=\"#888\" stroke-dasharray=\"5 4\"/>"
                + "<text x=\"\(Plot.right)\" y=\"\(number(cap - 5))\" text-anchor=\"end\">cap \(perQuery)</text>"
            : ""
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="sans-serif" font-size="12">
            <title>\(escaped(title))</title>
            <rect width="640" height="400" fill="#fff"/>
            <text x="\(Plot.left)" y="24" font-size="16">\(escaped(title))</text>
            \(grid(plot))
            \(capLine)
            \(curve(matchCurve, plot, colour: "#c1272d", name: "matches (unbalanced)", row: 0))
            \(curve(claimCurve, plot, colour: "#0000a7", name: "claims (balanced)", row: 1))
            <text x="\((Plot.left + Plot.right) / 2)" y="392" text-anchor="middle">rank of the query</text>
            </svg>

            """
    }

    /// Places on the page; both axes run over whole powers of ten.
    private struct Plot {
        static let (left, right, top, bottom) = (64, 620, 40, 360)
        let counts: Int
        let rankDecades: Int
        let countDecades: Int

        init(ranks: Int, counts: Int) {
            self.counts = counts
            rankDecades = Self.decades(ranks)
            countDecades = Self.decades(counts)
        }

        private static func decades(_ most: Int) -> Int {
            max(1, Int(log10(Double(max(most, 1))).rounded(.up)))
        }

        func x(_ rank: Double) -> Double {
            Double(Self.left) + log10(rank) / Double(rankDecades) * Double(Self.right - Self.left)
        }

        func y(_ count: Double) -> Double {
            Double(Self.bottom) - log10(count) / Double(countDecades) * Double(Self.bottom - Self.top)
        }
    }

    private func grid(_ plot: Plot) -> String {
        let vertical = (0...plot.rankDecades).map { decade in
            let x = number(plot.x(pow(10, Double(decade))))
            return "<path d=\"M\(x) \(Plot.top)V\(Plot.bottom)\" stroke=\"#ddd\"/>"
                + "<text x=\"\(x)\" y=\"\(Plot.bottom + 16)\" text-anchor=\"middle\">\(power(decade))</text>"
        }
        let horizontal = (0...plot.countDecades).map { decade in
            let y = plot.y(pow(10, Double(decade)))
            return "<path d=\"M\(Plot.left) \(number(y))H\(Plot.right)\" stroke=\"#ddd\"/>"
                + "<text x=\"\(Plot.left - 6)\" y=\"\(number(y + 4))\" text-anchor=\"end\">\(power(decade))</text>"
        }
        return (vertical + horizontal).joined(separator: "\n")
    }

    private func curve(_ counts: [Int], _ plot: Plot, colour: String, name: String, row: Int) -> String {
        let points = sampledRanks(counts.count).map { rank in
            "\(number(plot.x(Double(rank)))),\(number(plot.y(Double(counts[rank - 1]))))"
        }
        let y = Plot.top + 18 + 18 * row
        return
            "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\" points=\"\(points.joined(separator: " "))\"/>"
            + "<path d=\"M\(Plot.right - 170) \(y - 4)h24\" stroke=\"\(colour)\" stroke-width=\"2\"/>"
            + "<text x=\"\(Plot.right - 140)\" y=\"\(y)\">\(name)</text>"
    }

    /// Ranks evenly spaced on a logarithmic axis, forty a decade, the first and the last among them.
    private func sampledRanks(_ count: Int) -> [Int] {
        guard count > 0 else { return [] }
        let steps = Int(log10(Double(count)) * 40) + 1
        let ranks = (0...steps).map { Int(pow(Double(count), Double($0) / Double(steps)).rounded()) }
        return Array(Set(ranks.map { min(max($0, 1), count) })).sorted()
    }

    private func power(_ decade: Int) -> String {
        decade < 4 ? String(Int(pow(10, Double(decade)))) : "10\(superscript(decade))"
    }

    private func superscript(_ number: Int) -> String {
        String(String(number).compactMap { $0.wholeNumberValue.map { Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[$0] } })
    }

    private func number(_ value: Double) -> String { String((value * 10).rounded() / 10) }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
