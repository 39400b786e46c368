import ArgumentParser
import CommandKit
import PairStore
import QueryBank

/// Which pairs a command works on.
struct PairFilterOption: ParsableArguments {
    @Option(help: "Only pairs whose text contains this query.") var query: String?
    @Flag(help: "With --query: only pairs that the query claims.") var claims = false
    @Option(help: "Only pictures from this host.") var host: String?
    @Option(
        help: ArgumentHelp(
            "Only texts with all of these words, \"phrases\" and beginnings*.", valueName: "words"))
    var text: String?

    func filter(_ reader: StoreReader) throws -> PairFilter {
        var filter = PairFilter(onlyClaims: claims, host: host, search: text)
        if let query {
            let normalised = TextNormaliser().normalise(query)
            guard let id = try reader.queryID(normalised) else {
                throw CommandError("no pair of \(reader.path) matches the query '\(query)'")
            }
            filter.query = id
        }
        return filter
    }
}
