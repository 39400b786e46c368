import ArgumentParser
import CLIPTrain
import CommandKit
import Foundation
import PairStore
import QueryBank

struct Report: ParsableCommand {
    static let configuration = TrainingCommand.report.configuration(
        discussion: "One self-contained HTML file: wit report pairs --training model --output pairs.html")

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Option(help: ArgumentHelp("The output folder of a training run.", valueName: "dir")) var training:
        String?
    @Option(help: ArgumentHelp("The page to write.", valueName: "file")) var output = "report.html"
    @Option(help: "Pairs to show, spread evenly over the store.") var pairs = 60

    func run() throws {
        let reader = try StoreReader.open(store)
        let info = try reader.info()
        let page = ReportPage(
            title: "A web image-text data set", facts: facts(info),
            distribution: try reader.distribution().svg(), cards: try cards(reader, of: info.pairs),
            training: try training.map(TrainingCurves.init(run:)))
        try OutputFile.write(page.html, to: output)
        print("wrote \(output)")
    }

    private func facts(_ info: StoreInfo) -> [(name: String, value: String)] {
        [
            ("pairs", Format.count(info.pairs)), ("different pictures", Format.count(info.images)),
            ("pictures", Format.bytes(info.bytes)), ("queries matched", Format.count(info.queriesMatched)),
            ("queries at the cap", Format.count(info.queriesAtCap)),
            ("cap", Format.count(info.configuration.perQuery)),
        ]
    }

    private func cards(_ reader: StoreReader, of total: Int64) throws -> [ReportPage.Card] {
        try spread(reader, over: total).map { record in
            let claims = Set(record.claims)
            return ReportPage.Card(
                imageType: record.format == "jpg" ? "image/jpeg" : "image/" + record.format,
                imageBase64: Data(try reader.imageBytes(of: record)).base64EncodedString(),
                text: record.text, source: "\(record.textSource) · \(record.url)",
                claimedBy: try record.claims.map { try reader.queryText($0) ?? "#\($0)" },
                otherQueries: try record.queries.filter { !claims.contains($0) }.map {
                    try reader.queryText($0) ?? "#\($0)"
                })
        }
    }

    /// Pairs at even distances over the ids, small pictures only, so that the page stays light.
    private func spread(_ reader: StoreReader, over total: Int64) throws -> [PairRecord] {
        guard total > 0, pairs > 0 else { return [] }
        let step = max(1, total / Int64(pairs))
        var (chosen, index, last): ([PairRecord], Int64, Int64) = ([], 0, 0)
        while chosen.count < pairs {
            let page = try reader.pairs(after: last, limit: 1000)
            guard let end = page.last else { break }
            for record in page {
                if index % step == 0, record.bytes < 200_000, chosen.count < pairs { chosen.append(record) }
                index += 1
            }
            last = end.id
        }
        return chosen
    }
}
