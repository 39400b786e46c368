internal import Foundation

/// The time of day, for what outlives a run.
enum WallClock {
    /// Milliseconds since 1970.
    static func milliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
