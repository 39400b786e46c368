@testable import CLIPTrain
import Loader
import Testing
import Tokenizer

@Suite(.enabled(if: CLIPTokenizer.defaultMergesPath() != nil, "CLIP's merges file is not there"))
struct ZeroShotTests {
    private func classes(_ names: [String], template: String = ZeroShotClasses.template) throws
        -> ZeroShotClasses
    {
        try ZeroShotClasses(
            names: names, template: template, tokenizer: CLIPTokenizer(), contextLength: 77)
    }

    @Test(
        arguments: [
            ("A cat on a mat.", 0), ("the DOG!", 1), ("a hot dog stand", 2), ("a dog and a cat", nil),
            ("bobcat", nil),
            ("a bird", nil), ("cats", nil), ("", nil),
        ] as [(String, Int?)])
    func theOnlyNamedClassIsTheLabel(text: String, label: Int?) throws {
        let ids = try [49_406] + CLIPTokenizer().encode(text) + [49_407]
        #expect(try classes(["cat", "dog", "hot dog"]).label(of: ids[...]) == label)
    }

    @Test func promptsAreTheTemplateWithTheName() throws {
        let ids = try CLIPTokenizer().encode("a photo of a cat.").map(Int.init)
        #expect(try classes(["cat", "dog"]).prompts[0] == [49_406] + ids + [49_407])
    }

    @Test func whatCannotWorkIsRefused() {
        #expect(throws: CLIPTrainError.self) { try classes(["cat"]) }
        #expect(throws: CLIPTrainError.self) { try classes(["cat", "dog"], template: "a photo") }
    }

    @Test @TensorActor func ranksAreCountedAmongThePrompts() async throws {
        var configuration = tinyModel()
        configuration.text.vocabularySize = 49_408
        let model = try CLIPModel(configuration)
        try model.allocate(seed: 1)
        let report = try await model.zeroShot(classes(["cat", "dog"]), on: SyntheticSource())
        // No text of the source names a class.
        #expect(report == nil)
        let named = try await model.zeroShot(classes(["cat", "dog"]), on: LabelledSource())
        #expect(named?.pictures == 2 && named?.classes == 2 && named?.top5 == 1)
        let wide = try await model.zeroShot(
            classes(["cat", "dog"] + (0..<20).map { "class \($0)" }), on: LabelledSource())
        #expect(wide?.classes == 22)
    }
}

/// Three pictures, of which two have a text that names a class.
private struct LabelledSource: BatchSource {
    var identity: String { "labelled" }
    var batchesPerEpoch: Int { 1 }

    func batches(epochs: Range<Int>, from batch: Int) -> AsyncThrowingStream<Batch, any Error> {
        AsyncThrowingStream { continuation in
            do {
                let tokenizer = try CLIPTokenizer()
                let texts = ["a cat", "my dog", "a tree"].map { [49_406] + tokenizer.encode($0) + [49_407] }
                let side = tinyModel().vision.imageSize
                continuation.yield(
                    Batch(
                        images: ContiguousArray((0..<9 * side * side).map { Float($0 % 7) }), imageSize: side,
                        tokens: ContiguousArray(texts.flatMap { $0 + [0] }), contextLength: 5,
                        lengths: [4, 4, 4], keys: ["a", "b", "c"]))
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }
}
