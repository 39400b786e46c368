import Foundation
internal import Loader
public import Tokenizer

/// Classes to tell pictures apart by, each through one prompt; the label of a held-out picture is the class that its
/// text names.
///
/// A quick look during training. The paper's evaluation, with labelled sets and prompt ensembles, is another command.
public struct ZeroShotClasses: Sendable {
    /// The prompt that the paper gives for a single one.
    public static let template = "a photo of a {}."

    /// The names, as given.
    public let names: [String]
    /// One row of token ids a class, start and end included.
    let prompts: [[Int]]
    private let tokens: [[Int32]]
    private let tokenizer: CLIPTokenizer

    /// Prepares the prompts.
    ///
    /// - Parameters:
    ///   - names: At least two different ones.
    ///   - template: A prompt in which {} stands for the name.
    ///   - contextLength: Most ids of a text.
    /// - Throws: `CLIPTrainError` for fewer than two names, or a template without {}.
    public init(
        names: [String], template: String = ZeroShotClasses.template, tokenizer: CLIPTokenizer,
        contextLength: Int
    ) throws {
        guard Set(names).count >= 2 else {
            throw CLIPTrainError(.configuration, "telling classes apart needs at least two names")
        }
        guard template.contains("{}") else {
            throw CLIPTrainError(
                .configuration, "the template '\(template)' has no {} for the name of a class")
        }
        self.names = names
        self.tokenizer = tokenizer
        tokens = names.map(tokenizer.encode)
        prompts = names.map { name in
            let ids = tokenizer.encode(template.replacingOccurrences(of: "{}", with: name))
            return ([tokenizer.startID] + ids.prefix(contextLength - 2) + [tokenizer.endID]).map(Int.init)
        }
    }

    /// The only class that a text names in whole words, or nil if it names none or several. Where names overlap the
    /// longest counts.
    func label(of text: ArraySlice<Int32>) -> Int? {
        var found: Set<Int> = []
        var place = text.startIndex
        while place < text.endIndex {
            let rest = text[place...]
            let startsWord =
                place == text.startIndex || tokenizer.endsWord(text[place - 1])
                || text[place - 1] == tokenizer.startID
            let named =
                startsWord
                ? tokens.indices.filter { rest.starts(with: tokens[$0]) && !tokens[$0].isEmpty } : []
            if let longest = named.max(by: { tokens[$0].count < tokens[$1].count }) {
                found.insert(longest)
                place += tokens[longest].count
            } else {
                place += 1
            }
        }
        return found.count == 1 ? found.first : nil
    }
}

/// How often a picture is nearest to the prompt of its class.
public struct ZeroShotReport: Codable, Sendable, Equatable {
    /// Pictures whose text names exactly one class.
    public var pictures: Int
    /// Classes to choose from.
    public var classes: Int
    /// The right one comes first.
    public var top1: Double
    /// The right one is among the first five.
    public var top5: Double
}

extension CLIPModel {
    /// Classifies the pictures of the first epoch of a source that have a label; nil if none has.
    func zeroShot(_ classes: ZeroShotClasses, on source: any BatchSource) async throws -> ZeroShotReport? {
        let prompts = try Tensor.withoutRecording { try textFeatures(PackedTexts(classes.prompts)) }
        var ranks: [Int] = []
        for try await batch in source.batches(epochs: 0..<1, from: 0) where batch.count > 0 {
            let labels = (0..<batch.count).map { classes.label(of: batch.text($0)) }
            let cosines = try Tensor.withoutRecording {
                try imageFeatures(batch.pictures(0..<batch.count), .evaluate).linear(weight: prompts).values()
            }
            for (row, label) in labels.enumerated() {
                guard let label else { continue }
                let values = cosines[row * classes.names.count..<(row + 1) * classes.names.count]
                let right = values[values.startIndex + label]
                ranks.append(values.count { $0 > right })
            }
        }
        guard !ranks.isEmpty else { return nil }
        func share(_ k: Int) -> Double { Double(ranks.count { $0 < k }) / Double(ranks.count) }
        return ZeroShotReport(
            pictures: ranks.count, classes: classes.names.count, top1: share(1), top5: share(5))
    }
}
