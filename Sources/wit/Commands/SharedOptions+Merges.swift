import ArgumentParser
import Tokenizer

/// `--merges`, for every command that tokenises captions.
struct MergesOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "CLIP's byte-pair merges file, gzip or not.",
            discussion:
                "Default: $WIT_MERGES, then share/wit beside the program, then where scripts/setup put it.",
            valueName: "file"))
    var merges: String?

    /// Loads the tokenizer.
    func load() throws -> CLIPTokenizer {
        if let merges { return try CLIPTokenizer(merges: merges) }
        return try CLIPTokenizer()
    }
}
