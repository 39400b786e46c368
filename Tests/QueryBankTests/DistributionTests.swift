import Foundation
import FoundationXML
import QueryBank
import TestSupport
import Testing

@Suite struct DistributionTests {
    @Test func numbersOfASmallStore() throws {
        let claims = [100, 100, 5, 1, 0, 0, 0, 0, 0, 0]
        let matches = [5000, 100, 5, 1, 0, 0, 0, 0, 0, 0]
        let summary = QueryDistribution(claims: claims, matches: matches, perQuery: 100).summary
        #expect(summary.queries == 10 && summary.queriesWithNoPair == 6)
        #expect(summary.queriesWithFew == 2 && summary.queriesAtCap == 2)
        #expect(summary.claims == 206 && summary.matches == 5106)
        #expect(summary.medianClaims == 5 && summary.medianMatches == 5)
        #expect(summary.headQueries == 1)
        #expect(summary.headShareOfMatches == 5000.0 / 5106)
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(summary)) as? [String: Any]
        #expect(json?["queries_with_no_pair"] as? Int == 6)
    }

    @Test(arguments: [[], [1], [3, 2, 1], (1...2000).map { 200_000 / $0 }] as [[Int]])
    func thePictureIsWellFormedAndInsideThePage(matches: [Int]) throws {
        let claims = matches.map { min($0, 100) }
        let svg = QueryDistribution(claims: claims, matches: matches, perQuery: 100).svg(title: "a < b & c")
        let document = try XMLPoints(svg)
        #expect(document.names.contains("svg") && document.title == "a < b & c")
        #expect(document.points.allSatisfy { $0.x >= 64 && $0.x <= 620 && $0.y >= 40 && $0.y <= 360 })
        if matches.count > 2 { #expect(document.points.count > matches.count / 100) }
    }

    /// A kept pair counts for every query it matches, so the expectation of a query's pairs is what its own draws and
    /// those of the others give together.
    @Test func samplingKeepsWhatItsProbabilitiesSay() {
        let counts = [40_000, 400, 10]
        let sampler = MetaCLIPSampler(matchCounts: counts, perQuery: 100, seed: 7)
        #expect(
            (0..<3).map { sampler.probability(of: $0) }.elementsEqual(
                [0.0025, 0.25, 1], by: { abs($0 - $1) < 1e-8 }))
        let keys = (0..<40_000).map { CandidateKey(imageURL: "https://i/\($0)", text: "t") }
        // Binomial means within five standard deviations.
        let alone = keys.count { sampler.keeps($0, queries: [0]) }
        #expect(abs(Double(alone) - 100) < 50)
        let both = keys.count { sampler.keeps($0, queries: [0, 1]) }
        #expect(abs(Double(both) - 40_000 * (1 - 0.9975 * 0.75)) < 5 * 87)
        #expect(keys.allSatisfy { sampler.keeps($0, queries: [0, 2]) })
        #expect(!keys.contains { sampler.keeps($0, queries: []) })
    }

    @Test func samplingDependsOnTheSeedAndOnNothingElse() {
        let keys = (0..<1000).map { CandidateKey(imageURL: "https://i/\($0)", text: "t") }
        let kept = { (seed: UInt64) in
            let sampler = MetaCLIPSampler(matchCounts: [1000], perQuery: 500, seed: seed)
            return keys.map { sampler.keeps($0, queries: [0]) }
        }
        #expect(kept(1) == kept(1))
        #expect(kept(1) != kept(2))
    }
}

/// What the tests need of an SVG document.
private struct XMLPoints {
    let names: Set<String>
    let title: String?
    let points: [(x: Double, y: Double)]

    init(_ text: String) throws {
        let document = try XMLDocument(xmlString: text)
        let elements = try document.nodes(forXPath: "//*").compactMap { $0 as? XMLElement }
        names = Set(elements.compactMap(\.name))
        title = elements.first { $0.name == "title" }?.stringValue
        points = try document.nodes(forXPath: "//@points").compactMap(\.stringValue)
            .flatMap { $0.split(separator: " ") }.compactMap { pair in
                let numbers = pair.split(separator: ",").compactMap { Double($0) }
                return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
            }
    }
}
