import ArgumentParser
import Foundation
import QueryBank

struct Queries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queries",
        abstract: "The query list: what it holds, and what a text matches.",
        subcommands: [Match.self, About.self])
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
                Prints a JSON object a line: {"text": …, "queries": [{"id": …, "query": …}]}.
                  echo 'A photo of a red fox' | wit queries match
                """)

        @OptionGroup var list: QueryListOption

        private struct Line: Encodable {
            struct Query: Encodable {
                let id: QueryID
                let query: String
            }
            let text: String
            let queries: [Query]
        }

        func run() throws {
            let bank = QueryBank(try list.load())
            while let text = readLine() {
                let queries = bank.match(text).compactMap { id in
                    bank.list.text(of: id).map { Line.Query(id: id, query: $0) }
                }
                try JSONOutput.print(Line(text: text, queries: queries))
            }
        }
    }
}
