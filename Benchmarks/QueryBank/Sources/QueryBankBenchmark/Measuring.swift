import Foundation

/// Seconds of processor time that this process has used.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Memory of this process that lies in RAM, in KiB: now, or at most so far.
func residentKiB(peak: Bool = false) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let name = peak ? "VmHWM:" : "VmRSS:"
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return Int(line.split(whereSeparator: \.isWhitespace).dropFirst().first ?? "") ?? 0
}

/// Prints one JSON object a line.
func report(_ facts: [String: Any]) throws {
    let data = try JSONSerialization.data(withJSONObject: facts, options: .sortedKeys)
    FileHandle.standardOutput.write(data + Data("\n".utf8))
}
