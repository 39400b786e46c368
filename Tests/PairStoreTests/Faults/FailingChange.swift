import Synchronization
import Testing

/// Makes one change of a disk fail, by its number from 1, and with `persists` all after it.
final class FailingChange: Sendable {
    private let place: Int
    private let number: Int32
    private let persists: Bool
    private let seen = Mutex((changes: 0, failed: ""))

    init(_ place: Int, with number: Int32, persists: Bool = false) {
        (self.place, self.number, self.persists) = (place, number, persists)
    }

    /// What failed first.
    var kind: String { seen.withLock { $0.failed } }

    func answer(_ operation: DiskOperation) -> Int32 {
        guard operation.isChange else { return 0 }
        return seen.withLock { seen in
            seen.changes += 1
            if seen.changes == place { seen.failed = operation.kind }
            return seen.changes == place || (persists && seen.changes > place) ? number : 0
        }
    }
}

/// Failures that were injected and that nobody was told of, by what failed.
struct Untold {
    private var counts: [String: Int] = [:]

    mutating func add(_ kind: String) { counts[kind, default: 0] += 1 }

    /// For the table: ", not told: KIND (COUNT)" for each.
    var text: String {
        counts.sorted { $0.key < $1.key }.map { ", not told: \($0.key) (\($0.value))" }.joined()
    }

    /// SQLite says nothing when it cannot remove its log after emptying it, and nothing was in it. All else is told.
    func check() {
        let logs: Set = ["remove catalogue.sqlite-wal", "remove catalogue.sqlite.new-wal"]
        #expect(logs.isSuperset(of: counts.keys), "\(text)")
    }
}
