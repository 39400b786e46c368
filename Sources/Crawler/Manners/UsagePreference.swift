/// Preferences such as `search=yes, ai-train=no` (contentsignals.org) and `train-ai=n` (IETF aipref).
enum UsagePreference {
    /// Whether training is allowed: the last word on it, a refusal before an allowance; `nil` when nothing is
    /// said of it.
    static func allowsTraining(_ text: String) -> Bool? {
        var answer: Bool?
        for item in text.lowercased().split(whereSeparator: { $0 == "," || $0 == ";" || $0.isWhitespace }) {
            let sides = item.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, names.contains(String(sides[0])) else { continue }
            switch sides[1].trimmingQuotes {
            case "n", "no", "?0", "false": answer = false
            case "y", "yes", "?1", "true": answer = answer ?? true
            default: break
            }
        }
        return answer
    }

    private static let names: Set<String> = [
        "ai-train", "train-ai", "train-genai", "genai", "ai", "bots", "tdm",
    ]
}

extension Substring {
    fileprivate var trimmingQuotes: Substring {
        count >= 2 && first == "\"" && last == "\"" ? dropFirst().dropLast() : self
    }
}
