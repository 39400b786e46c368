import ArgumentParser
import PairStore

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Say on one screen what a store holds.")

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @OptionGroup var json: JSONOption

    func run() throws {
        let info = try StoreReader.open(store).info()
        if json.isOn { return try JSONOutput.print(info) }
        InfoScreen(info).lines.forEach { print($0) }
    }
}
