extension SampleIndex {
    /// The live pairs of a store, as its catalogue has them now.
    mutating func addStore(_ path: String, _ filter: SplitFilter) throws {
        throw LoaderError(.unreadable, "\(path): stores come later")
    }
}
