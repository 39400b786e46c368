import ArgumentParser
import CommandKit

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take pairs in from what others have gathered.",
        subcommands: [ImportURLs.self, ImportWDS.self, ImportWARC.self])
}
