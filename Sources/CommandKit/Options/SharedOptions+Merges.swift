package import ArgumentParser
package import Tokenizer

/// `--merges`, for every command that tokenises captions.
package struct MergesOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "CLIP's byte-pair merges file, gzip or not.",
            discussion:
                "Default: $WIT_MERGES, then share/wit beside the program, then where scripts/setup put it.",
            valueName: "file"))
    package var merges: String?

    package init() {}

    /// Loads the tokenizer.
    package func load() throws -> CLIPTokenizer {
        if let merges { return try CLIPTokenizer(merges: merges) }
        return try CLIPTokenizer()
    }
}
