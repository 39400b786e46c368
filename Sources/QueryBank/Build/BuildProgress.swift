/// How far a build has come.
public struct BuildProgress: Sendable, Equatable {
    /// What is being done, in a few words for a person.
    public let step: String
    /// How much of the step is done, 0 to 1; `nil` where nobody can tell.
    public let fraction: Double?
    /// Entries in the list so far.
    public let entries: Int
}
