import Digest
import Foundation
import PairStore
import QueryBank
import TestSupport

/// A store in a temporary folder over a small list, and pairs to put into it.
struct StoreFixture {
    let folder: TemporaryFolder
    let list: QueryList
    let configuration: StoreConfiguration

    var path: String { folder.file("store") }

    init(queries: Int = 8, perQuery: Int = 3, seed: UInt64 = 7, maxShardBytes: Int64 = 1 << 30) throws {
        folder = try TemporaryFolder("pairstore")
        list = QueryList(texts: (0..<queries).map { "query \($0)" })
        configuration = StoreConfiguration(
            listSHA256: list.sha256, queryCount: list.count, seed: seed, perQuery: perQuery,
            ruleVersions: ["priority": Priority.version], maxShardBytes: maxShardBytes)
    }

    func open() throws -> StoreWriter {
        try Self.writer(path, configuration: configuration, list: list)
    }

    /// Opens a store; blocks of matches are small here, so that a few pairs fill some.
    static func writer(
        _ path: String, configuration: StoreConfiguration, list: QueryList,
        files: any FileLayer = PosixFiles()
    ) throws -> StoreWriter {
        try MatchTable.$pairsInBlock.withValue(7) {
            try StoreWriter.open(path, configuration: configuration, list: list, files: files)
        }
    }

    /// A pair whose picture is `image` repeated and whose place is number `url`.
    static func pair(url: Int, image: Int, text: String, queries: [QueryID]) -> NewPair {
        NewPair(
            imageURL: "https://host\(url % 5).example/p/\(url).jpg", text: text, textSource: "alt",
            pageURL: "https://pages.example/\(url / 3).html",
            image: (0..<(40 + image % 700)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ image) }
                + withUnsafeBytes(of: image) { Array($0) },
            format: ["jpg", "png", "webp", "gif"][image % 4], width: 64 + image % 400,
            height: 48 + image % 300,
            phash: UInt64(image) &* 0x9E37_79B9_7F4A_7C15, phashAlgorithm: "test-1",
            fetchedAt: Date(timeIntervalSince1970: 1_700_000_000 + Double(url)), queries: queries,
            licence: image % 3 == 0 ? "CC-BY-4.0" : nil, language: image % 2 == 0 ? "en" : nil,
            extra: image % 5 == 0 ? ExtraFields(["similarity": "0.\(image)", "a \"b\"": "é\u{301}\n"]) : nil)
    }

    /// A pair as the candidate log would note it.
    static func candidate(_ pair: NewPair) -> Candidate {
        Candidate(
            imageURL: pair.imageURL, text: pair.text, textSource: pair.textSource, pageURL: pair.pageURL,
            u: 1,
            queries: pair.queries, extra: pair.extra)
    }

    /// Random pairs: pictures and texts repeat, so groups form; equal texts match equal queries.
    static func randomPairs(_ count: Int, queries: Int, using generator: inout SeededGenerator) -> [NewPair] {
        (0..<count).map { url in
            let text = Int.random(in: 0..<max(1, count / 4), using: &generator)
            var textGenerator = SeededGenerator(seed: UInt64(text))
            let matched = Set(
                (0..<Int.random(in: 1...4, using: &textGenerator)).map { _ in
                    QueryID.random(in: 0..<QueryID(queries), using: &textGenerator)
                })
            return pair(
                url: url, image: (text + Int.random(in: 0..<2, using: &generator)) * 7,
                text: "text \(text) é\u{301} \"quoted\"\n", queries: matched.sorted())
        }
    }
}

/// What the set must be: all offered pairs at once, by the rule's own words.
struct Oracle: Equatable {
    struct Member: Hashable {
        let sha256: String
        let text: String
        let claims: [QueryID]
    }

    let members: Set<Member>

    init(_ members: Set<Member>) { self.members = members }

    /// `isRemoved` names pairs that were taken out after they had been offered: their groups hold their claims on.
    init(
        _ pairs: [NewPair], _ configuration: StoreConfiguration, isRemoved: (NewPair) -> Bool = { _ in false }
    ) {
        struct Group: Hashable {
            let sha256: String
            let text: String
        }
        var removed: Set<Group> = []
        var standing: [Group: (priority: Priority, queries: [QueryID])] = [:]
        for pair in pairs {
            let group = Group(sha256: SHA256Digest(of: pair.image).hex, text: pair.text)
            if isRemoved(pair) { removed.insert(group) }
            let priority = Priority(imageURL: pair.imageURL, text: pair.text, seed: configuration.seed)
            if let held = standing[group], held.priority < priority { continue }
            standing[group] = (priority, pair.queries)
        }
        let ordered = standing.sorted { $0.value.priority < $1.value.priority }
        var counts: [QueryID: Int] = [:]
        var members: Set<Member> = []
        for (group, value) in ordered {
            let claims = value.queries.filter { counts[$0, default: 0] < configuration.perQuery }
            for query in claims { counts[query, default: 0] += 1 }
            if !claims.isEmpty && !removed.contains(group) {
                members.insert(Member(sha256: group.sha256, text: group.text, claims: claims))
            }
        }
        self.members = members
    }

    /// What a store holds.
    init(store path: String) throws {
        let reader = try StoreReader.open(path)
        let pairs = try reader.pairs(limit: .max)
        members = Set(pairs.map { Member(sha256: $0.sha256, text: $0.text, claims: $0.claims) })
    }
}
