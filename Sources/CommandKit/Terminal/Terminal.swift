import Foundation
import Synchronization

/// What standard error is, and the one progress line that lives at its bottom.
package enum Terminal {
    /// True when progress can be drawn over itself.
    package static let isInteractive = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    /// True when standard output is a terminal, so that pictures make sense there.
    package static let showsPictures = isatty(STDOUT_FILENO) == 1

    package static let environment = ProcessInfo.processInfo.environment

    private static let progressShown = Mutex(false)

    /// Columns of the terminal, 80 where it does not say.
    package static var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Draws over the progress line.
    package static func drawProgress(_ line: String) {
        let line = String(line.prefix(max(20, width - 1)))
        progressShown.withLock { shown in
            writeError("\r\u{1B}[2K" + line)
            shown = true
        }
    }

    /// Takes the progress line away, so that a whole line can be printed.
    package static func clearProgress() {
        progressShown.withLock { shown in
            if shown { writeError("\r\u{1B}[2K") }
            shown = false
        }
    }

    /// A line for the person watching, on standard error.
    package static func note(_ line: String) {
        clearProgress()
        writeError(line + "\n")
    }

    private static func writeError(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
