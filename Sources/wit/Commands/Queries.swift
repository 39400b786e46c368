import ArgumentParser
import CommandKit
import Foundation
import QueryBank

struct Queries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queries",
        abstract: "The query list: build it, see what it holds and what a text matches.",
        subcommands: [Build.self, About.self, Match.self])
}

extension Queries {
    struct About: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info", abstract: "Say what the query list holds.")

        @OptionGroup var list: QueryListOption
        @OptionGroup var json: JSONOption

        private struct Facts: Encodable {
            let queries: Int
            let sha256: String
            let sources: [String: Int]
            let folded: Int
        }

        func run() throws {
            let list = try list.load()
            let facts = Facts(
                queries: list.count, sha256: list.sha256, sources: list.sources,
                folded: list.report.folded.count)
            if json.isOn { return try JSONOutput.print(facts) }
            print("queries  \(Format.count(facts.queries))")
            for (source, count) in facts.sources.sorted(by: { $0.value > $1.value }) {
                print("  \(Format.column(source, 24)) \(Format.count(count))")
            }
            print("folded   \(Format.count(facts.folded)) (entries that are another one once normalised)")
            print("sha256   \(facts.sha256)")
        }
    }

    struct Match: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "match",
            abstract: "Match the text lines of standard input against the list.",
            discussion: """
                Prints a JSON object a line: {"text": …, "queries": [{"id": …, "query": …}]}. With --count only a
                summary: texts, bytes, matches, seconds, megabytes_per_second.
                  echo 'A photo of a red fox' | wit queries match
                """)

        @OptionGroup var list: QueryListOption
        @Flag(help: "Print only the summary.") var count = false

        /// Lines are written out in pieces of about this size.
        private static let pieceBytes = 1 << 16

        func run() throws {
            let queries = try list.load()
            var matcher = LineMatcher(QueryBank(queries))
            if count { return try JSONOutput.print(matcher.match(fileDescriptor: STDIN_FILENO) { _ in }) }
            let encoder = MatchLineEncoder(queries)
            var output: [UInt8] = []
            let summary = try matcher.match(fileDescriptor: STDIN_FILENO) { batch in
                batch.forEach { line, ids in
                    encoder.append(line, ids: ids, to: &output)
                    if output.count >= Self.pieceBytes { Self.write(&output) }
                }
                Self.write(&output)
            }
            if summary.skippedTexts > 0 {
                Terminal.note(
                    "\(summary.skippedTexts) lines of more than \(LineMatcher.maxLineBytes) bytes were skipped"
                )
            }
        }

        private static func write(_ output: inout [UInt8]) {
            StandardOutput.write(output)
            output.removeAll(keepingCapacity: true)
        }
    }
}
