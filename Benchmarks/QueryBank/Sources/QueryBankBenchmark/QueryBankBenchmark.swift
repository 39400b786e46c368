import Foundation
import QueryBank

/// Our side of the comparison: each command measures one thing and prints JSON, or writes what the peers read.
@main
enum QueryBankBenchmark {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("compile", 3): try compile(arguments[1], to: arguments[2])
        case ("open", 2): try open(arguments[1])
        case ("match", 4): try match(arguments[1], arguments[2], rounds: Int(arguments[3]) ?? 1)
        case ("ids", 3): try writeIDs(arguments[1], arguments[2])
        case ("rows", 2): try writeRows(arguments[1])
        case ("balance", 4):
            try measureBalance(
                queryCount: Int(arguments[1]) ?? 0, offers: Int(arguments[2]) ?? 0,
                perQuery: Int(arguments[3]) ?? 1)
        default:
            FileHandle.standardError.write(
                Data(
                    "usage: compile LIST BANK | open BANK | match BANK TEXTS ROUNDS | ids BANK TEXTS | rows BANK | balance QUERIES OFFERS CAP\n"
                        .utf8))
            exit(2)
        }
    }

    private static func compile(_ path: String, to bank: String) throws {
        let began = processorSeconds()
        let list = try QueryList(contentsOf: path)
        let loaded = processorSeconds()
        try list.writeCompiled(to: bank)
        try report([
            "rows": list.count, "load_and_compile_seconds": loaded - began,
            "write_seconds": processorSeconds() - loaded,
            "folded": list.report.folded.count,
        ])
    }

    private static func open(_ path: String) throws {
        let before = residentKiB()
        let began = processorSeconds()
        let list = try QueryList(contentsOf: path)
        let seconds = processorSeconds() - began
        try report([
            "milliseconds": seconds * 1e3, "resident_kib": residentKiB() - before, "rows": list.count,
        ])
    }

    /// Raw text in, ids out, reading included; `-` reads standard input.
    private static func match(_ bank: String, _ texts: String, rounds: Int) throws {
        let before = residentKiB()
        var matcher = LineMatcher(QueryBank(try QueryList(contentsOf: bank)))
        for _ in 0..<rounds {
            let descriptor = texts == "-" ? STDIN_FILENO : Foundation.open(texts, O_RDONLY)
            var checksum: UInt32 = 0
            let began = processorSeconds()
            let summary = try matcher.match(fileDescriptor: descriptor) { batch in
                batch.forEachRow { checksum &+= $0.last ?? 0 }
            }
            let seconds = processorSeconds() - began
            close(descriptor)
            try report([
                "texts": summary.texts, "bytes": summary.bytes, "matches": summary.matches,
                "checksum": checksum,
                "megabytes_per_cpu_second": Double(summary.bytes) / 1e6 / seconds,
                "resident_kib": residentKiB() - before,
            ])
        }
    }

    /// For each text: its normalised form, a tab, its ids.
    private static func writeIDs(_ bank: String, _ texts: String) throws {
        let list = try QueryList(contentsOf: bank)
        var matcher = LineMatcher(QueryBank(list))
        let descriptor = Foundation.open(texts, O_RDONLY)
        _ = try matcher.match(fileDescriptor: descriptor) { batch in
            var output = ""
            batch.forEach {
                output += list.normaliser.normalise(utf8: $0) + "\t"
                output += $1.map(String.init).joined(separator: " ") + "\n"
            }
            FileHandle.standardOutput.write(Data(output.utf8))
        }
    }

    private static func writeRows(_ bank: String) throws {
        let list = try QueryList(contentsOf: bank)
        var output = ""
        for row in 0..<QueryID(list.count) { output += (list.text(of: row) ?? "") + "\n" }
        FileHandle.standardOutput.write(Data(output.utf8))
    }
}
