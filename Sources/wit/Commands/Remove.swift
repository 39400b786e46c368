import ArgumentParser
import CommandKit
import Crawler
import Foundation
import PairStore

struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take pairs out of a store for good, and keep them out.",
        discussion: """
            A pair goes with everything that shows the same picture with the same text; a later crawl does not bring
            it back. URLs and texts leave the catalogue at once, pictures and all else at the next 'wit compact',
            which clears the candidate log and crawl.sqlite too. Every value may be @FILE: one value a line.
              wit remove pairs --url https://example.org/a.jpg --host photos.example.org
              wit remove pairs --key @keys.txt
              wit compact pairs
            """)

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Option(help: "An image URL, as any page may spell it.") var url: [String] = []
    @Option(help: "A host that serves pictures.") var host: [String] = []
    @Option(help: "A page that offered pairs.") var page: [String] = []
    @Option(help: "A text.") var text: [String] = []
    @Option(help: "The SHA-256 of a picture.") var sha256: [String] = []
    @Option(help: "A pair's key, or a file of keys.") var key: [String] = []
    @OptionGroup var json: JSONOption

    func validate() throws {
        guard !named.allSatisfy(\.values.isEmpty) else {
            throw ValidationError("say what to remove: --url, --host, --page, --text, --sha256 or --key")
        }
    }

    private var named: [(kind: Removal.Kind, values: [String])] {
        [(.url, url), (.host, host), (.page, page), (.text, text), (.sha256, sha256), (.key, key)]
    }

    func run() throws {
        let removals = try named.flatMap { kind, values in
            try values.flatMap { try lines(of: $0, kind) }.flatMap { try Self.removals(kind, $0) }
        }
        let report = try StoreMaintenance.remove(store, removals)
        if json.isOn { return try JSONOutput.print(report) }
        print(
            "removed \(Format.count(report.pairs)) live pairs, \(Format.count(report.dead)) that were out already"
        )
        print("their bytes go with: wit compact \(store)")
    }

    /// The value itself, or the lines of the file that it names.
    private func lines(of value: String, _ kind: Removal.Kind) throws -> [String] {
        let isFile = value.hasPrefix("@")
        let path = isFile ? String(value.dropFirst()) : value
        guard isFile || (kind == .key && FileManager.default.fileExists(atPath: path)) else { return [value] }
        guard let content = FileManager.default.contents(atPath: path) else {
            throw CommandError("cannot read \(path)")
        }
        return String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline).map {
            $0.trimmingCharacters(in: .whitespaces)
        }.filter { !$0.isEmpty }
    }

    /// An address is meant in the crawl's own spelling too, which may differ from the one that was typed.
    private static func removals(_ kind: Removal.Kind, _ value: String) throws -> [Removal] {
        let spellings =
            switch kind {
            case .url, .page: [value, WebURL(value)?.canonical]
            case .host: [value, WebURL("http://\(value)/")?.host]
            case .sha256, .text, .key: [value]
            }
        return try Set(spellings.compactMap(\.self)).sorted().map { try Removal(kind, $0) }
    }
}
