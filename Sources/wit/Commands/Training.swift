import ArgumentParser
import CommandKit

// Commands of `wit-train`, for the help of `wit` to list: `Main` hands their words over before they are parsed.

struct Train: ParsableCommand {
    static let configuration = TrainingCommand.train.configuration()
}

struct Report: ParsableCommand {
    static let configuration = TrainingCommand.report.configuration()
}
