internal import QueryBank
internal import Synchronization

/// Texts of queries, each looked up once: common queries are asked for with every pair.
struct QueryTexts {
    private let look: (QueryID) throws -> String

    /// Texts from wherever `look` finds them, which are kept.
    init(_ look: @escaping (QueryID) throws -> String?) {
        var made: [QueryID: String] = [:]
        self.look = { query in
            if let text = made[query] { return text }
            guard let text = try look(query) else { throw StoreError.noRow(query) }
            made[query] = text
            return text
        }
    }

    /// Texts of a list, which keeps them itself.
    init(of texts: ListTexts) { look = { try texts.text($0) } }

    func text(_ query: QueryID) throws -> String { try look(query) }
}

/// Texts of a list's rows for any thread, each made once: the list keeps them packed.
final class ListTexts: Sendable {
    private let list: QueryList
    private let made = Mutex<[QueryID: String]>([:])

    init(_ list: QueryList) { self.list = list }

    func text(_ query: QueryID) throws -> String { try texts([query])[0] }

    func texts(_ queries: [QueryID]) throws -> [String] {
        try made.withLock { made in
            try queries.map { query in
                if let text = made[query] { return text }
                guard let text = list.text(of: query) else { throw StoreError.noRow(query) }
                made[query] = text
                return text
            }
        }
    }
}

extension StoreError {
    fileprivate static func noRow(_ query: QueryID) -> StoreError {
        StoreError(.badArgument, "query \(query)", "is no row of the store's list")
    }
}
