public import QueryBank

/// A part of a store's set that is chosen when it is read; nothing on disk changes ("Balance" in the design).
///
/// A view is a function of the set alone: of its pairs, their priorities and matches, and the ghosts of removed ones.
public struct StoreView: Sendable, Equatable {
    /// How the pairs of common queries are thinned out.
    public enum Cap: Sendable, Equatable {
        /// Pairs that are among the first so many, by priority, of any query they match: exactly the set that a crawl
        /// with the smaller cap would have ended with.
        case claims(perQuery: Int)
        /// MetaCLIP's independent draws (`MetaCLIPSampler`): a query keeps each pair it matches with probability
        /// perQuery/matches, matches being counted in the set.
        case draws(perQuery: Int, seed: UInt64)

        /// The number that both are named by.
        public var perQuery: Int {
            switch self {
            case .claims(let perQuery), .draws(let perQuery, _): perQuery
            }
        }
    }

    /// The largest `duplicateDistance`: beyond it, random pictures become duplicates and the index a scan.
    public static let maxDuplicateDistance = 16

    /// `nil`: no query is thinned out.
    public var cap: Cap?
    /// In ascending priority, a pair is kept only if no kept one's picture lies within so many bits of perceptual hash
    /// (0...`maxDuplicateDistance`; pictures with equal bytes are at distance 0). `nil`: near duplicates stay.
    public var duplicateDistance: Int?

    /// The whole set, unless a condition says otherwise.
    public init(cap: Cap? = nil, duplicateDistance: Int? = nil) {
        self.cap = cap
        self.duplicateDistance = duplicateDistance
    }

    /// The whole set.
    public static let all = StoreView()

    /// What tells this view's order from another's; empty for the whole set.
    public var name: String {
        var name = ""
        switch cap {
        case .claims(let perQuery): name += "#cap\(perQuery)"
        case .draws(let perQuery, let seed): name += "#draws\(perQuery)/\(seed)"
        case nil: break
        }
        if let duplicateDistance { name += "#apart\(duplicateDistance)" }
        return name
    }

    /// Throws `badArgument` for a view that no store has.
    func validate(_ configuration: StoreConfiguration) throws {
        func require(_ holds: Bool, _ message: String) throws {
            if !holds { throw StoreError(.badArgument, "view", message) }
        }
        if let cap { try require(cap.perQuery >= 1, "a cap of \(cap.perQuery) pairs a query is below 1") }
        if case .claims(let perQuery) = cap {
            try require(
                perQuery <= configuration.perQuery,
                "a cap of \(perQuery) is above the store's own \(configuration.perQuery); wit rebalance raises it"
            )
        }
        if let duplicateDistance {
            try require(
                (0...Self.maxDuplicateDistance).contains(duplicateDistance),
                "a distance of \(duplicateDistance) bits is not in 0...\(Self.maxDuplicateDistance)")
        }
    }
}

/// What a view holds.
public struct ViewSummary: Sendable {
    /// Pairs in the view.
    public let pairs: Int
    /// Bytes of their pictures, a picture counted with each of its pairs.
    public let bytes: Int64
    /// Pairs of the set that the cap leaves out.
    public let beyondCap: Int
    /// Pairs of the set that the cap would keep and that look like a kept one.
    public let duplicates: Int
    /// How pairs spread over queries. Claims are those of the first `perQuery` of each query, ghosts' included; with
    /// independent draws, which know no claims, they are the pairs that contain the query.
    public let distribution: QueryDistribution
}
