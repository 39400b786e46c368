import CLIPTrain
import TestSupport
import Testing

@Suite struct RetrievalTests {
    @Test func recallEqualsSortingByCosine() {
        var generator = SeededGenerator(seed: 5)
        func features() -> [[Double]] {
            (0..<24).map { _ in (0..<4).map { _ in Double.random(in: -1...1, using: &generator) } }
        }
        let images = features()
        let texts = zip(images, features()).map { zip($0, $1).map { $0 + 0.8 * $1 } }
        let report = RetrievalReport(images: images, texts: texts, candidates: 8)
        func naive(_ questions: [[Double]], _ answers: [[Double]], _ k: Int) -> Double {
            let hits = (0..<24).filter { row in
                let group = row / 8 * 8..<row / 8 * 8 + 8
                let order = group.sorted { a, b in
                    dot(questions[row], answers[a]) > dot(questions[row], answers[b])
                }
                return order.prefix(k).contains(row)
            }
            return Double(hits.count) / 24
        }
        #expect(report.imageToText.at1 == naive(images, texts, 1) && report.imageToText.at1 < 1)
        #expect(report.imageToText.at5 == naive(images, texts, 5))
        #expect(report.textToImage.at1 == naive(texts, images, 1))
        #expect(report.textToImage.at5 == naive(texts, images, 5))
        #expect(
            report.pairs == 24 && report.candidates == 8 && report.chance.at1 == 0.125
                && report.chance.at10 == 1)
    }

    @Test func aCollapsedModelGetsWhatGuessingGets() {
        let same = Array(repeating: [1.0, 0], count: 10)
        let report = RetrievalReport(images: same, texts: same, candidates: 10)
        #expect(abs(report.imageToText.at1 - 0.1) < 1e-12 && abs(report.imageToText.at5 - 0.5) < 1e-12)
    }

    @Test func anIncompleteGroupIsLeftOut() {
        let rows = (0..<7).map { [Double($0), 1] }
        #expect(RetrievalReport(images: rows, texts: rows, candidates: 3).pairs == 6)
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
