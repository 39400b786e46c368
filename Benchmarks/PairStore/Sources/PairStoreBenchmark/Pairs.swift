import Foundation
import PairStore
import QueryBank

/// Pairs as a large crawl would bring them: ten queries each with Zipf's frequencies, many hosts, five pairs a page.
struct Pairs {
    static let queryCount = 500_000
    static let list = QueryList(texts: (0..<queryCount).map { "query number \($0)" })
    static let configuration = StoreConfiguration(
        listSHA256: list.sha256, queryCount: queryCount, seed: 1, perQuery: 20_000, ruleVersions: [:])

    private var random = Random(state: 1)
    private var image: [UInt8]
    /// The page that the next pairs come from.
    private var page = (number: -1, host: 0)

    init(imageBytes: Int) {
        image = []
        var random = Random(state: 2)
        while image.count < imageBytes { image.append(UInt8.random(in: 0...255, using: &random)) }
    }

    /// A number below `bound` whose logarithm is evenly spread.
    private mutating func zipf(_ bound: Double) -> Int {
        Int(pow(bound, Double.random(in: 0..<1, using: &random))) - 1
    }

    mutating func pair(_ number: Int) -> NewPair {
        var queries: Set<QueryID> = []
        while queries.count < 10 { queries.insert(QueryID(zipf(Double(Self.queryCount)))) }
        for byte in 0..<8 { image[byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
        if page.number != number / 5 { page = (number / 5, zipf(100_000)) }
        let host = page.host
        return NewPair(
            imageURL:
                "https://images\(host).example.com/uploads/\(number % 12)/picture-\(number)-1024x768.jpg",
            text: "A caption of some words about thing number \(number) in the world", textSource: "alt",
            pageURL: "https://www\(host).example.com/articles/page-\(page.number).html", image: image,
            format: "jpg", width: 1024, height: 768, phash: UInt64(number) &* 0x9E37_79B9_7F4A_7C15,
            phashAlgorithm: "dct64-1", fetchedAt: Date(timeIntervalSince1970: 1.7e9 + Double(number)),
            queries: queries.sorted(), language: "en")
    }
}

/// SplitMix64.
struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
