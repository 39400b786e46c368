package import ArgumentParser
import Foundation
package import QueryBank

/// `--json`, for every command that prints facts.
package struct JSONOption: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print facts as JSON: one object, or one a line for lists.")
    package var isOn = false

    package init() {}
}

/// `--progress`, for every command that takes its time.
package struct ProgressOption: ParsableArguments {
    @Option(help: "How to show progress on standard error: auto, json or none.")
    package var progress: ProgressStyle = .auto

    package init() {}

    package var display: ProgressDisplay { ProgressDisplay(progress) }
}

/// `--queries`, for every command that matches texts.
package struct QueryListOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The query list: plain text, TSV or a JSON array, gzip or not.",
            discussion:
                "Default: $WIT_QUERIES, then share/wit beside the program, then the repository's own list.",
            valueName: "file"))
    package var queries: String?

    package init() {}

    /// Loads the list that the option, the environment or the installation names.
    package func load() throws -> QueryList {
        let path = try SharedFile.find(
            "wit-500k.tsv.gz", option: queries, variable: "WIT_QUERIES", repositoryFolder: "queries")
        return try QueryList(contentsOf: path, cachedIn: SharedFile.cacheFolder + "/queries")
    }
}

/// A file that comes with an installed `wit`, or lies in the repository it was built in.
package enum SharedFile {
    /// Where what can be made again is kept: `wit` in `$XDG_CACHE_HOME`, or in `~/.cache`.
    package static var cacheFolder: String {
        let home = Terminal.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
        return home + "/wit"
    }

    /// The first that exists of: the option's value, the variable's value, `share/wit` beside the program, the
    /// repository. A value that was named is taken as it is, so that a wrong name is an error and not a surprise.
    package static func find(
        _ name: String, option: String?, variable: String, repositoryFolder: String
    ) throws -> String {
        if let named = option ?? Terminal.environment[variable] { return named }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        var places = [program.deletingLastPathComponent().appendingPathComponent("share/wit/\(name)").path]
        var folder = program
        while folder.path.count > 1 {
            places.append(folder.appendingPathComponent("\(repositoryFolder)/\(name)").path)
            folder.deleteLastPathComponent()
        }
        if let found = places.first(where: { FileManager.default.fileExists(atPath: $0) }) { return found }
        throw CommandError(
            "no \(name) beside the program or in a repository above it; name one with $\(variable)")
    }
}
