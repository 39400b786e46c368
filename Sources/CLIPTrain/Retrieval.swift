import Foundation

/// How often the right partner is among the first candidates.
public struct RetrievalReport: Codable, Sendable, Equatable {
    /// Recall at 1, 5 and 10 in one direction, 0...1.
    public struct Recall: Codable, Sendable, Equatable {
        /// The right one comes first.
        public var at1: Double
        /// The right one is among the first five.
        public var at5: Double
        /// The right one is among the first ten.
        public var at10: Double

        enum CodingKeys: String, CodingKey {
            case at1 = "recall_at_1"
            case at5 = "recall_at_5"
            case at10 = "recall_at_10"
        }
    }

    /// Pairs that were asked about.
    public var pairs: Int
    /// Candidates for each question.
    public var candidates: Int
    /// Given a picture, which text.
    public var imageToText: Recall
    /// Given a text, which picture.
    public var textToImage: Recall
    /// What guessing would give.
    public var chance: Recall

    enum CodingKeys: String, CodingKey {
        case pairs, candidates, chance
        case imageToText = "image_to_text"
        case textToImage = "text_to_image"
    }

    /// Retrieval within each group of `candidates` pairs, averaged; an incomplete last group is left out.
    ///
    /// - Parameters:
    ///   - images: Unit-length features, one row a pair.
    ///   - texts: The same of the texts, in the same order.
    ///   - candidates: Pairs in a group, at most the number of pairs.
    public init(images: [[Double]], texts: [[Double]], candidates: Int) {
        precondition(
            images.count == texts.count && candidates >= 1, "features of pairs, at least one a group")
        self.init(pairs: images.count, candidates: candidates) { image, text in
            zip(images[image], texts[text]).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    /// Retrieval among the pairs whose cosines a square matrix holds, a row for each picture.
    init(cosines: [Double], pairs: Int) {
        self.init(pairs: pairs, candidates: pairs) { image, text in cosines[image * pairs + text] }
    }

    private init(pairs all: Int, candidates: Int, cosine: (_ image: Int, _ text: Int) -> Double) {
        let size = min(candidates, all)
        let groups = size == 0 ? 0 : all / size
        func recall(_ cosine: (_ question: Int, _ answer: Int) -> Double) -> Recall {
            let places = (0..<groups).flatMap { group in
                let rows = group * size..<(group + 1) * size
                return rows.map { row in Place(of: row, among: rows) { cosine(row, $0) } }
            }
            func mean(_ k: Int) -> Double {
                places.isEmpty
                    ? 0 : places.map { $0.chance(ofBeingIn: k) }.reduce(0, +) / Double(places.count)
            }
            return Recall(at1: mean(1), at5: mean(5), at10: mean(10))
        }
        pairs = groups * size
        self.candidates = size
        imageToText = recall(cosine)
        textToImage = recall { cosine($1, $0) }
        func guess(_ k: Int) -> Double { size == 0 ? 0 : min(1, Double(k) / Double(size)) }
        chance = Recall(at1: guess(1), at5: guess(5), at10: guess(10))
    }

    /// Where the right answer comes in the order of cosines.
    private struct Place {
        var better = 0
        var equal = 0

        init(of right: Int, among group: Range<Int>, cosine: (_ row: Int) -> Double) {
            let target = cosine(right)
            for row in group where row != right {
                let value = cosine(row)
                if value > target { better += 1 } else if value == target { equal += 1 }
            }
        }

        /// With equals in random order, so that a model that maps everything to one point gets what guessing gets.
        func chance(ofBeingIn k: Int) -> Double { min(1, max(0, Double(k - better) / Double(equal + 1))) }
    }
}
