internal import GRDB
internal import QueryBank

/// Whole priorities of pairs, for those whose `u` is equal.
struct PairPriorities {
    private let find: SQLStatement

    init(_ database: Database) throws {
        find = try SQLStatement(
            database,
            "SELECT p.u, o.origin, p.path, p.text FROM pairs p LEFT JOIN origins o ON o.id = p.origin WHERE p.id = ?"
        )
    }

    func priority(of id: Int64) throws -> Priority {
        let found = try find.bind(1, id).first {
            Priority(u: Stored.unsigned($0.int(0)), imageURL: $0.text(1) + $0.text(2), text: $0.text(3))
        }
        guard let found else { throw StoreError.lacks(id) }
        return found
    }
}

extension StoreError {
    /// A row that something else in the catalogue names is not there.
    static func lacks(_ pair: Int64, _ why: String = "which holds a claim") -> StoreError {
        StoreError(.damaged, "catalogue", "lacks pair \(pair), \(why); run wit verify")
    }
}
