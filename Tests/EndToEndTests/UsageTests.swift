import Foundation
import TestSupport
import Testing

/// Wrong input gets one clear line on standard error and the right exit status.
@Suite struct UsageTests {
    /// A call that must fail: the words after `wit`, the exit status, and what the one line must say. `EMPTY` and
    /// `FILE` stand for a fresh folder and a plain file.
    struct WrongCall: Sendable, CustomStringConvertible {
        let words: [String]
        let status: Int32
        let says: [String]
        var description: String { words.joined(separator: " ") }

        init(_ words: String, _ status: Int32, _ says: String...) {
            self.words = words.split(separator: " ").map(String.init)
            self.status = status
            self.says = says
        }
    }

    @Test(arguments: [
        WrongCall("info EMPTY/none", 1, "EMPTY/none", "no store"),
        WrongCall("info EMPTY", 1, "EMPTY", "no store"),
        WrongCall("ls EMPTY", 1, "EMPTY", "no store"),
        WrongCall("verify FILE", 1, "FILE", "no store"),
        WrongCall("stream EMPTY/none --discard", 1, "EMPTY/none"),
        WrongCall("train EMPTY/none", 1, "EMPTY/none"),
        WrongCall("info", 2, "wit info --help"),
        WrongCall("info EMPTY --no-such-flag", 2, "--no-such-flag", "wit info --help"),
        WrongCall("crawl http://127.0.0.2:1/ --store EMPTY/s --delay soon", 2, "soon", "--delay"),
        WrongCall("crawl ftp://example.org/ --store EMPTY/s", 2, "ftp://example.org/"),
        WrongCall("nonsense", 2, "nonsense", "wit --help"),
        WrongCall("shards FILE", 1, "FILE"),
        WrongCall("balance EMPTY", 1, "EMPTY", "no store"),
        WrongCall("balance EMPTY --per-query 0", 2, "--per-query 0"),
        WrongCall("balance EMPTY --draws 1", 2, "--per-query"),
        WrongCall("tune EMPTY", 1, "not there yet"),
        WrongCall("import urls --store EMPTY/s", 2, "--retry-failed", "wit import --help"),
        WrongCall("import urls EMPTY/none.csv --store EMPTY/s", 1, "EMPTY/none.csv", "cannot be read"),
        WrongCall("import urls FILE --store EMPTY/s", 1, "FILE", "--format"),
        WrongCall("import urls FILE --store EMPTY/s --partition 3/2", 2, "--partition"),
        WrongCall("import urls FILE --store EMPTY/s --exclude-hashes FILE", 1, "SHA-256", "sha256sum"),
        WrongCall("import wds FILE --store EMPTY/s", 1, "FILE"),
    ])
    func wrongInput(call: WrongCall) async throws {
        let folder = try TemporaryFolder("wit-usage")
        let empty = folder.file("empty")
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        let file = try folder.write("plain", "not a tar, not a store\n".utf8)
        func filled(_ text: String) -> String {
            text.replacingOccurrences(of: "EMPTY", with: empty).replacingOccurrences(of: "FILE", with: file)
        }
        let outcome = try await Program.wit(call.words.map(filled))
        #expect(outcome.status == call.status, "\(outcome.errors)")
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
        for part in call.says {
            #expect(
                outcome.errors.contains(filled(part)), "'\(filled(part))' is missing in: \(outcome.errors)")
        }
    }

    @Test func everyCommandTeaches() async throws {
        let help = try await Program.wit(["--help"])
        #expect(help.status == 0)
        for command in [
            "queries", "crawl", "import", "info", "ls", "show", "shards", "verify", "stream", "train",
            "report",
        ] {
            #expect(help.output.contains("  \(command) "), "\(command) is missing in --help")
            let page = try await Program.wit([command, "--help"])
            #expect(page.status == 0)
            #expect(page.output.contains("USAGE: wit \(command)"))
        }
    }

    @Test func versionIsOneLine() async throws {
        let outcome = try await Program.wit(["--version"])
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("wit ") && outcome.output.split(separator: "\n").count == 1)
    }

    @Test func unknownQueryAndPairAreErrors() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-unknown")
        let store = folder.file("store")
        let crawl = ["crawl", site.url, "--store", store, "--delay", "0", "--allow-address", "127.0.0.0/8"]
        let first = try await Program.wit(crawl + ["--max-pages", "4"])
        try #require(first.status == 0, "\(first.errors)")

        for (words, says) in [
            (["ls", store, "--query", "zxqvy jkwq"], "zxqvy jkwq"),
            (["show", store, String(repeating: "0", count: 32)], "0000"),
            (["show", store, "999999999"], "999999999"),
        ] {
            let outcome = try await Program.wit(words)
            #expect(outcome.status == 1)
            #expect(outcome.errorLines.count == 1 && outcome.errors.contains(says), "\(outcome.errors)")
        }
        let other = try await Program.wit(crawl + ["--per-query", "7"])
        #expect(other.status == 1)
        #expect(other.errorLines.last?.contains("per-query") == true, "\(other.errors)")
    }

    @Test func unreachableHostIsAnError() async throws {
        let folder = try TemporaryFolder("wit-unreachable")
        let outcome = try await Program.wit([
            "crawl", "http://127.0.0.2:1/", "--store", folder.file("store"), "--delay", "0",
            "--allow-address",
            "127.0.0.0/8", "--progress", "none",
        ])
        #expect(outcome.status == 1)
        #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("127.0.0.2:1"), "\(outcome.errors)")
    }

    @Test func secondWriterIsTurnedAway() async throws {
        let site = try await Site.start()
        let folder = try TemporaryFolder("wit-writers")
        let store = folder.file("store")
        let words = ["crawl", site.url, "--store", store, "--delay", "1", "--allow-address", "127.0.0.0/8"]
        async let first = Program.wit(words, killAfter: .seconds(20))
        while !FileManager.default.fileExists(atPath: store + "/catalogue.sqlite") {
            try await Task.sleep(for: .milliseconds(20))
        }
        let second = try await Program.wit(words + ["--progress", "none"], killAfter: .seconds(15))
        #expect(second.status == 1)
        #expect(second.errorLines.count == 1 && second.errors.contains("another process"), "\(second.errors)")
        #expect(try await first.status == 137)
    }
}
