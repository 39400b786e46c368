import ArgumentParser
import CommandKit
import Crawler
import PairStore
import QueryBank

/// The store that pairs go into, and what it is bound to.
struct TargetStoreOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The store, made if it is not there.", valueName: "dir"))
    var store: String
    @Option(help: "The most pairs that one query claims.")
    var perQuery = 20_000
    @Option(help: "Seeds the priorities that decide which pairs a full query keeps.")
    var seed: UInt64 = 0
    @OptionGroup var list: QueryListOption

    func validate() throws {
        guard perQuery >= 1 else { throw ValidationError("--per-query \(perQuery) is below 1") }
    }

    /// Opens the store for writing, gives it with its list to `body`, and closes it.
    ///
    /// - Parameter rules: versions of what decides which candidates there are, and what becomes of their pictures.
    func withStore<T>(
        rules: [String: Int] = CrawlConfiguration.ruleVersions,
        _ body: (StoreWriter, QueryBank) async throws -> T
    ) async throws -> T {
        let queries = try list.load()
        let writer = try StoreWriter.open(store, configuration: binding(to: queries, rules), list: queries)
        let result: T
        do {
            result = try await body(writer, QueryBank(queries))
        } catch {
            // What was committed is sealed all the same; why the work failed matters more than a second failure.
            try? writer.close()
            throw error
        }
        try writer.close()
        return result
    }

    private func binding(to queries: QueryList, _ rules: [String: Int]) -> StoreConfiguration {
        var rules = rules
        rules["normaliser"] = TextNormaliser.version
        rules["priority"] = Priority.version
        return StoreConfiguration(
            listSHA256: queries.sha256, queryCount: queries.count, seed: seed, perQuery: perQuery,
            ruleVersions: rules)
    }
}
