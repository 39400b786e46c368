import ArgumentParser
import CommandKit
import Decode
import Foundation
import PairStore

struct Shards: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shards",
        abstract: "Look into shards, ours or anybody's WebDataset.",
        discussion: """
            Says for each archive what it holds, which samples lack a half, which pictures cannot be read, and its
            first captions. Exit status 1 when an archive or a picture is damaged.
              wit shards pairs
              wit shards cc12m/00000.tar cc12m/00001.tar --json
            """)

    @Argument(help: ArgumentHelp("A store, or tar files.", valueName: "dir|tar"))
    var places: [String]
    @Option(help: "How many captions to show of each.") var captions = 3
    @Flag(help: "Only read headers: do not decode the pictures.") var headersOnly = false
    @OptionGroup var json: JSONOption

    private struct Facts: Encodable {
        let report: ShardInspector.Report
        let badPictures: [String: String]

        private enum Key: String, CodingKey {
            case badPictures = "bad_pictures"
        }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var values = encoder.container(keyedBy: Key.self)
            try values.encode(badPictures, forKey: .badPictures)
        }
    }

    func run() throws {
        var isWhole = true
        for path in try places.flatMap(archives) {
            let facts = try inspect(path)
            isWhole = isWhole && facts.report.damage == nil && facts.badPictures.isEmpty
            if json.isOn { try JSONOutput.print(facts) } else { say(facts) }
        }
        if !isWhole { throw SilentFailure() }
    }

    /// The sealed shards of a store, or the file itself.
    private func archives(_ place: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
            throw CommandError("\(place): no such file or folder")
        }
        guard isFolder.boolValue else { return [place] }
        let folder = try StoreReader.open(place).path + "/shards"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".tar")
        }
        return names.sorted().map { folder + "/" + $0 }
    }

    private func inspect(_ path: String) throws -> Facts {
        var bad: [String: String] = [:]
        let tar = try TarReader(path: path)
        let (decoder, scratch) = (ImageDecoder(limits: .stored), DecodeScratch())
        let report = try ShardInspector(captions: captions).inspect(path) { key, member in
            if headersOnly { return }
            do {
                let bytes = try tar.content(of: member, maxBytes: decoder.limits.maxBytes)
                try decoder.check(bytes, scratch: scratch)
            } catch let error as DecodeError {
                bad[key] = error.code.rawValue
            }
        }
        if let damage = report.damage, report.samples == 0 { throw CommandError(damage) }
        return Facts(report: report, badPictures: bad)
    }

    private func say(_ facts: Facts) {
        let report = facts.report
        print("\(report.path)  \(Format.bytes(report.bytes))")
        print(
            "  samples   \(Format.count(report.samples)), \(Format.count(report.pairs)) with picture and text"
        )
        for (name, count) in report.members.sorted(by: { $0.key < $1.key }) {
            let bytes = Format.bytes(report.memberBytes[name] ?? 0)
            print("  \(Format.column("." + name, 9)) \(Format.column(Format.count(count), 10)) \(bytes)")
        }
        if report.missingPicturesCount > 0 {
            print("  without a picture: \(Format.count(report.missingPicturesCount))")
        }
        if report.missingTextsCount > 0 {
            print("  without a text: \(Format.count(report.missingTextsCount))")
        }
        for (key, reason) in facts.badPictures.sorted(by: { $0.key < $1.key }) {
            print("  bad picture \(key)  \(reason)")
        }
        if let damage = report.damage { print("  damage    \(damage)") }
        for caption in report.captions { print("  \(caption.key)  \(Format.oneLine(caption.text))") }
    }
}
