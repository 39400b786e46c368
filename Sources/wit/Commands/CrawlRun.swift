import CommandKit
import Crawler
import Foundation

/// Runs a crawl or an import with its progress on standard error, until its end or Ctrl-C.
enum CrawlRun {
    static func run(
        _ crawl: Crawler.Crawl, _ progress: ProgressOption,
        line: @escaping @Sendable (CrawlProgress) -> String
    ) async throws -> CrawlReport {
        let interrupt = Interrupt(saying: "stopping: what is in flight is finished and stored") {
            crawl.stop()
        }
        let display = progress.display
        defer {
            display.finish()
            withExtendedLifetime(interrupt) {}
        }
        return try await crawl.run { display.update(line: line($0), facts: $0) }
    }

    /// Imports from start to end; `unit` says what rows of the input are called.
    static func importing(
        _ inputs: ImportInputs, _ configuration: CrawlConfiguration, _ target: TargetStoreOptions,
        _ progress: ProgressOption, _ json: JSONOption, unit: String
    ) async throws {
        let report = try await target.withStore(rules: configuration.ruleVersions) { store, bank in
            let work = try Crawler.Crawl(
                configuration, importing: inputs, storePath: target.store, store: store, bank: bank)
            return try await run(work, progress) { now in
                "\(Format.duration(now.seconds))  \(unit) \(Format.count(now.rows))  " + pictures(now) + "  "
                    + rest(now)
            }
        }
        try conclude(report, json, done: "\(Format.count(report.progress.rows)) \(unit)")
    }

    /// What was done of pictures, for a line that redraws itself.
    static func pictures(_ now: CrawlProgress) -> String {
        "pictures \(Format.count(now.images)) (\(Format.decimal(now.imagesPerSecond, 0))/s, "
            + "\(Format.count(now.imagesQueued)) wait)  kept \(Format.count(now.pairsKept))"
    }

    /// The limits and what was left out, for the end of that line.
    static func rest(_ now: CrawlProgress) -> String {
        let dropped = now.drops.values.reduce(0, +)
        let most = now.drops.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(2)
            .map { "\($0.key) \(Format.count($0.value))" }.joined(separator: ", ")
        let limits = now.limits.sorted { $0.key < $1.key }
            .map { "\($0.key) \(Int($0.value * 100))%" }.joined(separator: ", ")
        return "hosts \(now.activeHosts)/\(now.hosts)" + (limits.isEmpty ? "" : "  of the limit: \(limits)")
            + "  left out \(Format.count(dropped))" + (most.isEmpty ? "" : " (\(most))")
            + (now.isDraining ? "  ending" : "")
    }

    /// Says what a run did, `done` first, and what was left out.
    static func conclude(_ report: CrawlReport, _ json: JSONOption, done: String) throws {
        if json.isOn { return try JSONOutput.print(report) }
        let now = report.progress
        print(
            "\(reason(report.end)): \(done), \(Format.count(now.candidates)) "
                + "candidates, \(Format.count(now.images)) pictures fetched, \(Format.count(now.pairsKept)) pairs kept "
                + "(\(Format.count(now.pairsKeptNow)) by this run)")
        for (reason, count) in now.drops.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("  \(Format.column(reason, 26)) \(Format.count(count))")
        }
        if report.end != .exhausted { print("the same command goes on where this run ended") }
    }

    private static func reason(_ end: CrawlReport.End) -> String {
        switch end {
        case .exhausted: "nothing is left to do"
        case .maxPages: "--max-pages reached"
        case .maxPairs: "--max-pairs reached"
        case .maxDownload: "--max-download reached"
        case .duration: "the time is over"
        case .stopped: "stopped"
        }
    }
}
