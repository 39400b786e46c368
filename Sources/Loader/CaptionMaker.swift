internal import Digest
import Foundation

/// Finds a sample's caption and puts it into a prompt; what it draws is a pure function of seed, pass and key.
struct CaptionMaker: Sendable {
    private let caption: LoaderConfiguration.Caption
    private let prompts: [String]
    private let seed: UInt64

    init(_ configuration: LoaderConfiguration) {
        caption = configuration.caption
        prompts = configuration.prompts
        seed = configuration.seed
    }

    /// The text to tokenise, or `nil` where the sample has none.
    func caption(of pair: SampleReader.Pair, pass: Int) -> String? {
        switch caption {
        case .text: return prompted(String(decoding: pair.text, as: UTF8.self), pair.key, pass)
        case .field(let name):
            let texts = texts(name, in: pair.json)
            guard !texts.isEmpty else { return nil }
            return prompted(texts[draw(texts.count, "field", pair.key, pass)], pair.key, pass)
        }
    }

    private func texts(_ name: String, in json: ArraySlice<UInt8>) -> [String] {
        let object = try? JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
        switch object?[name] {
        case let text as String: return [text]
        case let list as [Any]: return list.compactMap { $0 as? String }
        default: return []
        }
    }

    private func prompted(_ text: String, _ key: String, _ pass: Int) -> String {
        if prompts.isEmpty { return text }
        let prompt = prompts[draw(prompts.count, "prompt", key, pass)]
        return prompt.replacingOccurrences(of: "{}", with: text)
    }

    private func draw(_ count: Int, _ purpose: String, _ key: String, _ pass: Int) -> Int {
        guard count > 1 else { return 0 }
        var generator = OrderGenerator(
            seed, UInt64(pass), SHA256Digest(ofUTF8: purpose + "/" + key).firstWord)
        return Int(generator.next(below: UInt64(count)))
    }
}
