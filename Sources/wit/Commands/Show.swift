import ArgumentParser
import CommandKit
import Decode
import Foundation
import PairStore
import QueryBank

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show everything that is known of one pair, and its picture.",
        discussion:
            "On a terminal the picture is drawn too: kitty, iTerm2 or sixel graphics, else half blocks.")

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Argument(help: ArgumentHelp("The pair: its id in this store, or its key.", valueName: "id|key"))
    var name: String
    @Option(help: ArgumentHelp("Write the picture's bytes to this file.", valueName: "file")) var save:
        String?
    @OptionGroup var json: JSONOption

    func run() throws {
        let reader = try StoreReader.open(store)
        guard let pair = try Int64(name).flatMap({ try reader.pair(id: $0) }) ?? reader.pair(key: name) else {
            throw CommandError("\(store) has no pair \(name); wit ls \(store) lists ids and keys")
        }
        if let save { try write(reader.imageBytes(of: pair), to: save) }
        if json.isOn { return try JSONOutput.print(pair) }
        try facts(pair, reader).forEach {
            StandardOutput.write("\(Format.column($0.name, 12)) \($0.value)\n")
        }
        if Terminal.showsPictures, pair.shard != nil { try draw(reader.imageBytes(of: pair)) }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandError("cannot write \(path): \(error.localizedDescription)")
        }
    }

    private func facts(_ pair: PairRecord, _ reader: StoreReader) throws -> [(name: String, value: String)] {
        let claims = Set(pair.claims)
        let others = pair.queries.filter { !claims.contains($0) }
        var facts = [
            ("text", Format.oneLine(pair.text)),
            ("found in", "\(pair.textSource) on \(pair.pageURL)"),
            ("claimed by", try names(pair.claims, reader)),
            ("also matches", try names(others, reader)),
            ("picture", "\(pair.width)×\(pair.height) \(pair.format), \(Format.bytes(Int64(pair.bytes)))"),
            ("url", pair.url),
        ]
        for sighting in pair.alsoSeen ?? [] { facts.append(("also seen at", sighting.url)) }
        if let licence = pair.licence { facts.append(("licence", licence)) }
        if let language = pair.language { facts.append(("language", language)) }
        for (name, value) in try (pair.extra?.values ?? [:]).sorted(by: { $0.key < $1.key }) {
            facts.append((Format.oneLine(name), Format.oneLine(value)))
        }
        facts += [
            ("fetched", pair.fetchedAt), ("status", pair.status), ("id", String(pair.id)), ("key", pair.key),
            ("stored in", pair.shard.map { "\($0) at byte \(pair.offset ?? 0)" } ?? "nowhere any more"),
            ("priority", pair.priority), ("sha256", pair.sha256),
            ("phash", pair.phash.map { "\($0) (\(pair.phashAlgorithm ?? ""))" } ?? "none"),
        ]
        return facts
    }

    private func names(_ queries: [QueryID], _ reader: StoreReader) throws -> String {
        let texts = try queries.map { try reader.queryText($0) ?? "#\($0)" }
        return texts.isEmpty ? "–" : texts.joined(separator: " · ")
    }

    private func draw(_ bytes: [UInt8]) throws {
        do throws(DecodeError) {
            let picture = try ImageDecoder().decode(bytes)
            let drawing = TerminalPicture.drawing(of: picture, columns: min(64, Terminal.width), rows: 24)
            if let drawing { StandardOutput.write(drawing + "\n") }
        } catch {
            Terminal.note("the picture cannot be drawn: \(error)")
        }
    }
}
