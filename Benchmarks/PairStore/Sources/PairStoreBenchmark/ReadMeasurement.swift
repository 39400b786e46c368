import Foundation
import PairStore
import QueryBank

/// Opening a store and looking into it, as the commands do: median and worst of some tries, opening anew each time
/// where a command would.
struct ReadMeasurement {
    let store: String
    let rows: Int

    private static let tries = 15

    func run() throws {
        print("\nlooking into it: median and worst of \(Self.tries), each with a store opened for it")
        try report("open", wanted: 50) { _ in }
        try report("info", wanted: 2000) { _ = try $0.info() }
        try report("ls, all, 20", wanted: 100) { _ = try $0.pairs(limit: 20) }
        var random = Random(state: 3)
        try report("ls --query, one of the 100 commonest", wanted: 100) {
            _ = try $0.pairs(PairFilter(query: QueryID.random(in: 0..<100, using: &random)), limit: 20)
        }
        try report("ls --query, a middling one", wanted: 100) {
            _ = try $0.pairs(PairFilter(query: QueryID.random(in: 5000..<10_000, using: &random)), limit: 20)
        }
        try report("ls --query, a rare one", wanted: 100) {
            _ = try $0.pairs(
                PairFilter(query: QueryID.random(in: 100_000..<500_000, using: &random)), limit: 20)
        }
        try report("ls --host", wanted: 100) {
            let host = "images\(Int.random(in: 0..<1000, using: &random)).example.com"
            _ = try $0.pairs(PairFilter(host: host), limit: 20)
        }
        try report("show, by id", wanted: 50) { [rows] in
            _ = try $0.pair(id: Int64.random(in: 1...Int64(rows), using: &random))
        }
        let keys = try StoreReader.open(store).pairs(limit: 1000).map(\.key)
        try report("show, by key", wanted: 50) {
            _ = try $0.pair(key: keys.randomElement(using: &random) ?? "")
        }
        guard rows <= 1_000_000 else { return }
        let index = try Spent { _ = try StoreReader.open(store).pairs(PairFilter(search: "caption thing")) }
        print("  the first search, which makes the index: \(index.wall.rounded(1)) s")
        try report("ls --text", wanted: 100) {
            let number = Int.random(in: 0..<10_000, using: &random)
            _ = try $0.pairs(PairFilter(search: "thing \(number)"), limit: 20)
        }
    }

    private func report(_ name: String, wanted: Double, _ body: (StoreReader) throws -> Void) throws {
        var times: [Double] = []
        for _ in 0..<Self.tries { times.append(try Spent { try body(StoreReader.open(store)) }.wall * 1000) }
        times.sort()
        print(
            "  \(name): \(times[times.count / 2].rounded(1)) ms, worst \(times[times.count - 1].rounded(1)) "
                + "(wanted: \(wanted.rounded(0)))")
    }
}
