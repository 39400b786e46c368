import ArgumentParser
import CommandKit
import Foundation
import Loader
import PairStore
import Tokenizer

struct TokenizerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer", abstract: "Vocabularies for captions.", subcommands: [Learn.self])
}

extension TokenizerCommand {
    struct Learn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train",
            abstract: "Learn a byte-pair vocabulary from the captions of a store or of shards.",
            discussion: """
                Every command that tokenises takes the result as --merges; OpenCLIP reads it too.
                  wit tokenizer train pairs --size 8192 --output merges.txt
                  wit train pairs --merges merges.txt --output model
                """)

        @Argument(help: ArgumentHelp("A store, or tar files by path or pattern.", valueName: "dir|tar"))
        var sources: [String]
        @Option(help: ArgumentHelp("The merges file to write.", valueName: "file"))
        var output: String
        @Option(help: "Ids in the vocabulary, 512 bytes' and 2 special ones included, at most CLIP's 49408.")
        var size = CLIPTokenizer.vocabularySize
        @Option(help: "Pairs of symbols that are rarer than this are not merged.")
        var minFrequency = 2
        @OptionGroup var remote: RemoteOptions
        @OptionGroup var json: JSONOption

        /// Pairs read from a catalogue at once.
        private static let pageSize = 1000
        /// Ids that are no merge: bytes within and at the end of words, start and end.
        private static let fixedIDs = 514

        private struct Facts: Encodable {
            let captions, words, merges, vocabulary: Int
            let output: String
        }

        func validate() throws {
            guard (Self.fixedIDs + 1...CLIPTokenizer.vocabularySize).contains(size) else {
                throw ValidationError(
                    "--size \(size) is not in \(Self.fixedIDs + 1)...\(CLIPTokenizer.vocabularySize)")
            }
            guard minFrequency >= 1 else {
                throw ValidationError("--min-frequency \(minFrequency) is below 1")
            }
        }

        func run() async throws {
            var trainer = VocabularyTrainer()
            for source in sources.map(LoaderSource.init) {
                switch source {
                case .store(let folder): try Self.readCatalogue(folder) { trainer.add($0) }
                case .tars:
                    let loader = try await Loader.open(reading(source), tokenizer: nil)
                    for try await batch in loader.batches(epochs: 0..<1, from: 0) {
                        for pair in batch.encoded { trainer.add(String(decoding: pair.text, as: UTF8.self)) }
                    }
                }
            }
            let text = try trainer.mergesFile(count: size - Self.fixedIDs, leastFrequency: minFrequency)
            try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
            let merges = text.utf8.count { $0 == UInt8(ascii: "\n") }
            let facts = Facts(
                captions: trainer.captions, words: trainer.wordCount, merges: merges,
                vocabulary: merges + Self.fixedIDs, output: output)
            if json.isOn { return try JSONOutput.print(facts) }
            print("captions    \(Format.count(facts.captions))")
            print("words       \(Format.count(facts.words)) different ones")
            print("vocabulary  \(Format.count(facts.vocabulary)) ids, \(Format.count(merges)) of them merges")
            print("merges      \(output)")
        }

        private static func readCatalogue(_ folder: String, _ body: (String) -> Void) throws {
            let reader = try StoreReader.open(folder)
            var last: Int64 = 0
            while true {
                let page = try reader.pairs(PairFilter(), after: last, limit: pageSize)
                for pair in page { body(pair.text) }
                guard let end = page.last, page.count == pageSize else { return }
                last = end.id
            }
        }

        private func reading(_ source: LoaderSource) -> LoaderConfiguration {
            var loading = LoaderConfiguration(sources: [source], batchSize: Self.pageSize)
            loading.content = .bytes
            loading.remote = remote.access
            loading.lastBatch = .keep
            return loading
        }
    }
}
