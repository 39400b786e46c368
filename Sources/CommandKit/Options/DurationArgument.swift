internal import ArgumentParser

/// A span of time on the command line: `90`, `1.5s`, `250ms`, `10m`, `2h` or `1d`; a bare number is seconds.
package struct DurationArgument: ExpressibleByArgument, Equatable {
    package let seconds: Double

    package init(seconds: Double) { self.seconds = seconds }

    package init?(argument: String) {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)]
        let unit = units.first { argument.hasSuffix($0.0) } ?? ("", 1)
        guard let number = Double(argument.dropLast(unit.0.count)), number >= 0, number.isFinite else {
            return nil
        }
        seconds = number * unit.1
    }

    package var defaultValueDescription: String {
        seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(seconds)s"
    }
}
