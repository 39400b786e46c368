/// Reads an import's input on a thread of its own, which may wait for a slow disk or pipe.
actor Feeder {
    private let thread = SerialThread(label: "wit.import")
    private let make: @Sendable ([String: InputMark]) -> any CandidateFeed
    private let frontier: Frontier
    /// Nothing may be asked for before all candidates are there: their pictures may come along.
    nonisolated let goesFirst: Bool
    private var feed: (any CandidateFeed)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ inputs: ImportInputs, _ context: CrawlContext, _ frontier: Frontier) {
        self.frontier = frontier
        goesFirst = inputs.mayBringPictures
        make = { inputs.feed(context, marks: $0) }
    }

    /// The next candidates; nil when all were given.
    func next() async throws -> FeedBatch? {
        if feed == nil {
            let marks = try await frontier.inputMarks()
            feed = make(marks)
        }
        while let feed {
            if let batch = try feed.next() { return batch }
            guard await frontier.size.queuedImages > 0, feed.startAgain() else { return nil }
        }
        return nil
    }
}
