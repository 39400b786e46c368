package import ArgumentParser
package import PairStore

/// The part of a store to read, for every command that takes a store's pairs.
package struct ViewOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "View the store under a smaller cap: the first so many claims of each query.", valueName: "n"))
    package var perQuery: Int?
    @Option(
        help: ArgumentHelp(
            "With --per-query: MetaCLIP's independent draws instead of claims, with this seed.",
            valueName: "seed"))
    package var draws: UInt64?
    @Option(
        help: ArgumentHelp(
            "Leave out pairs whose picture is within so many bits (0-\(StoreView.maxDuplicateDistance)) of a kept one's.",
            discussion:
                "0 leaves one text for each picture, 10 also finds pictures that were resized or compressed again.",
            valueName: "bits"))
    package var duplicateDistance: Int?

    package init() {}

    package func validate() throws {
        if let perQuery, perQuery < 1 { throw ValidationError("--per-query \(perQuery) is below 1") }
        if draws != nil, perQuery == nil { throw ValidationError("--draws needs --per-query") }
        if let duplicateDistance, !(0...StoreView.maxDuplicateDistance).contains(duplicateDistance) {
            throw ValidationError(
                "--duplicate-distance \(duplicateDistance) is not in 0...\(StoreView.maxDuplicateDistance)")
        }
    }

    /// What the options choose.
    package var view: StoreView {
        let cap = perQuery.map { perQuery in
            draws.map { StoreView.Cap.draws(perQuery: perQuery, seed: $0) } ?? .claims(perQuery: perQuery)
        }
        return StoreView(cap: cap, duplicateDistance: duplicateDistance)
    }
}
