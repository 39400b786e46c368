import CommandKit
import PairStore
import QueryBank

/// A store at a glance, for people.
struct InfoScreen {
    private let info: StoreInfo
    private let distribution: QueryDistribution.Summary
    private static let barWidth = 30
    /// Rows of one histogram; the rest is summed up.
    private static let maxRows = 10

    init(_ info: StoreInfo, _ distribution: QueryDistribution.Summary) {
        self.info = info
        self.distribution = distribution
    }

    /// The lines of the screen.
    var lines: [String] {
        var lines = [
            fact(
                "pairs",
                "\(Format.count(info.pairs)) live (\(Format.count(info.evicted)) evicted, "
                    + "\(Format.count(info.superseded)) superseded, \(Format.count(info.removed)) removed"
                    + (info.lost > 0 ? ", \(Format.count(info.lost)) lost to damage)" : ")")),
            fact("pictures", "\(Format.count(info.images)) different, \(Format.bytes(info.bytes))"),
            fact(
                "on disk",
                "\(Format.count(info.shards)) shards, \(Format.bytes(info.shardBytes)); "
                    + "catalogue \(Format.bytes(info.catalogueBytes))"),
            fact("store", "\(info.uuid), commit \(info.commit), seed \(info.configuration.seed)"),
        ]
        lines += DistributionLines.lines(distribution)
        lines += bars("dropped", info.drops)
        lines += bars("hosts", Dictionary(uniqueKeysWithValues: info.hosts.map { ($0.host, $0.pairs) }))
        for (name, title, isNumeric) in Self.histograms {
            lines += bars(title, info.histograms[name] ?? [:], isNumeric: isNumeric)
        }
        return lines
    }

    private static let histograms = [
        ("format", "formats", false), ("text_source", "texts from", false), ("language", "languages", false),
        ("short_side", "short side, pixels", true), ("aspect", "width : height", false),
        ("words", "words", true),
    ]

    private func fact(_ name: String, _ value: String) -> String { DistributionLines.fact(name, value) }

    private func bars(_ title: String, _ counts: [String: Int64], isNumeric: Bool = false) -> [String] {
        guard !counts.isEmpty, Array(counts.keys) != [""] else { return [] }
        let byCount = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let rows = isNumeric ? counts.sorted { (Int($0.key) ?? 0) < (Int($1.key) ?? 0) } : byCount
        let most = Double(byCount.first?.value ?? 1)
        var lines = ["", title]
        for (name, count) in rows.prefix(Self.maxRows) {
            let bar = String(repeating: "▇", count: max(1, Int(Double(count) / most * Double(Self.barWidth))))
            let label = name.isEmpty ? "unknown" : isNumeric ? "\(name)+" : name
            lines.append("  \(Format.column(label, 24)) \(Format.column(Format.count(count), 10)) \(bar)")
        }
        let rest = rows.dropFirst(Self.maxRows)
        if !rest.isEmpty {
            lines.append("  \(rest.count) more, \(Format.count(rest.reduce(0) { $0 + $1.value })) together")
        }
        return lines
    }
}
