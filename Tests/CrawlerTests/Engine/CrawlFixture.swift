import Digest
import Fetch
import Foundation
import PairStore
import QueryBank
import TestSupport

@testable import Crawler

/// A query list, a store in a fresh folder, and crawls into it.
struct CrawlFixture {
    let list: QueryList
    let perQuery: Int
    let storePath: String
    private let folder: TemporaryFolder?

    /// Words of the captions, from frequent to rare.
    static let words = [
        "a", "the", "dog", "cat", "bird", "flower", "tree", "fish", "car", "house", "star", "coin", "hat",
        "red",
        "blue", "apple", "ball", "snow", "penny", "moon", "leaf", "butterfly", "horse", "guitar", "truck",
    ]

    /// A store in a fresh folder that goes away with the value, or one that is there already.
    init(perQuery: Int, storePath: String? = nil) throws {
        folder = storePath == nil ? try TemporaryFolder("wit-crawl") : nil
        self.storePath = storePath ?? folder?.file("store") ?? ""
        list = QueryList(texts: Self.words)
        self.perQuery = perQuery
    }

    func openStore() throws -> StoreWriter {
        let configuration = StoreConfiguration(
            listSHA256: list.sha256, queryCount: list.count, seed: 1, perQuery: perQuery,
            ruleVersions: CrawlConfiguration.ruleVersions)
        return try StoreWriter.open(storePath, configuration: configuration, list: list)
    }

    /// A gentle configuration for loopback: no delay, a few requests at once.
    static func configuration(_ seeds: [String]) throws -> CrawlConfiguration {
        var configuration = CrawlConfiguration(seeds: seeds, userAgent: "wit-test/1.0")
        configuration.allowAddress = [try CIDR("127.0.0.0/8").required]
        configuration.delay = .zero
        configuration.perHost = 4
        return configuration
    }

    /// Crawls to the end and closes the store.
    @discardableResult
    func crawl(
        _ configuration: CrawlConfiguration, progress: @escaping @Sendable (CrawlProgress) -> Void = { _ in }
    ) async throws -> CrawlReport {
        let store = try openStore()
        let crawl = try Crawl(configuration, storePath: storePath, store: store, bank: QueryBank(list))
        let report = try await crawl.run(progress: progress)
        try store.close()
        return report
    }

    /// Imports to the end and closes the store, also when that fails.
    @discardableResult
    func importing(_ inputs: ImportInputs, _ configuration: CrawlConfiguration) async throws -> CrawlReport {
        let store = try openStore()
        do {
            let work = try Crawl(
                configuration, importing: inputs, storePath: storePath, store: store, bank: QueryBank(list))
            let report = try await work.run()
            try store.close()
            return report
        } catch {
            try store.close()
            throw error
        }
    }

    /// What the invariant speaks of: the live pairs with their claims.
    func set() throws -> Set<PairIdentity> {
        let pairs = try StoreReader.open(storePath).pairs(PairFilter(), after: nil, limit: 1_000_000)
        return Set(pairs.map { PairIdentity(sha256: $0.sha256, text: $0.text, claims: $0.claims) })
    }
}

/// One pair of a set as sets are compared.
struct PairIdentity: Hashable, CustomStringConvertible {
    let sha256: String
    let text: String
    let claims: [QueryID]
    var description: String { "\(sha256.prefix(8)) \(text) \(claims)" }
}

extension Optional {
    /// The value, or an error that fails the test.
    var required: Wrapped {
        get throws {
            guard let self else { throw Missing() }
            return self
        }
    }
}

struct Missing: Error {}

/// The set by the rule at its simplest: every eligible candidate at once, in groups of equal picture and text, sorted by
/// priority; each query takes its first `perQuery`.
func oracle(_ site: GallerySite, _ nginx: Nginx, _ fixture: CrawlFixture) -> Set<PairIdentity> {
    oracle(site, fixture) { nginx.url($0.path) }
}

/// The same, where each showing's address is known otherwise.
func oracle(
    _ site: GallerySite, _ fixture: CrawlFixture, url: (GallerySite.Showing) -> String
) -> Set<PairIdentity> {
    let bank = QueryBank(fixture.list)
    var groups: [String: (priority: Priority, sha256: String, text: String, queries: [QueryID])] = [:]
    for showing in site.showings {
        // One of the pictures is called "A button.", which the rules for texts take for no caption.
        let texts = showing.texts.filter { TextCleaner.clean($0) != nil }
        guard let text = texts.first(where: { !bank.match($0).isEmpty }),
            let bytes = site.files[showing.path]
        else { continue }
        let priority = Priority(imageURL: url(showing), text: text, seed: 1)
        let digest = SHA256Digest(of: bytes).hex
        if let known = groups[digest + text], known.priority < priority { continue }
        groups[digest + text] = (priority, digest, text, bank.match(text))
    }
    var held: [QueryID: Int] = [:]
    var set: Set<PairIdentity> = []
    for group in groups.values.sorted(by: { $0.priority < $1.priority }) {
        let claims = group.queries.filter { held[$0, default: 0] < fixture.perQuery }
        for query in claims { held[query, default: 0] += 1 }
        if !claims.isEmpty {
            set.insert(PairIdentity(sha256: group.sha256, text: group.text, claims: claims))
        }
    }
    return set
}
