import Testing

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
