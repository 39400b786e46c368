internal import ArgumentParser
import Foundation
import Synchronization

/// How progress is shown on standard error.
package enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    /// A line that redraws itself on a terminal, a plain line now and then elsewhere.
    case auto
    /// One JSON object a line.
    case json
    /// Nothing.
    case none
}

/// Shows progress no more often than a person or a log can use.
package final class ProgressDisplay: Sendable {
    private let style: ProgressStyle
    private let interval: Duration
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    package init(_ style: ProgressStyle) {
        self.style = style
        interval = style == .auto && !Terminal.isInteractive ? .seconds(10) : .milliseconds(200)
    }

    /// Shows a state: `line` for people, `facts` for programs. `force` shows it whatever the time.
    package func update(
        force: Bool = false, line: @autoclosure () -> String, facts: @autoclosure () -> some Encodable
    ) {
        guard style != .none, isDue(force) else { return }
        switch style {
        case .json:
            if let text = try? JSONOutput.line(facts()) { Terminal.note(text) }
        default:
            if Terminal.isInteractive { Terminal.drawProgress(line()) } else { Terminal.note(line()) }
        }
    }

    /// Takes the line away when the work is over.
    package func finish() { Terminal.clearProgress() }

    private func isDue(_ force: Bool) -> Bool {
        let now = ContinuousClock.now
        return last.withLock { last in
            if !force, let shown = last, now - shown < interval { return false }
            last = now
            return true
        }
    }
}

/// A bar of fixed width: `[#####·····]`.
package enum ProgressBar {
    package static func text(done: Double, of total: Double, width: Int = 20) -> String {
        let share = total > 0 ? min(1, max(0, done / total)) : 0
        let filled = Int((share * Double(width)).rounded())
        return "[" + String(repeating: "#", count: filled) + String(repeating: "·", count: width - filled)
            + "]"
    }
}
