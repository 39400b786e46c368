import ArgumentParser
import CommandKit
import Crawler
import Digest
import Fetch
import Foundation

/// When a crawl stops by itself.
struct CrawlLimitOptions: ParsableArguments {
    @Option(help: "Stop after this many pages.")
    var maxPages: Int?
    @Option(help: "Follow links at most this many steps from a seed.")
    var maxDepth: Int?
    @OptionGroup var run: RunLimitOptions

    func apply(to crawling: inout CrawlConfiguration) {
        (crawling.maxPages, crawling.maxDepth) = (maxPages, maxDepth)
        run.apply(to: &crawling)
    }
}

/// When a crawl or an import stops by itself.
struct RunLimitOptions: ParsableArguments {
    @Option(help: "Stop when this run has stored so many pairs.")
    var maxPairs: Int?
    @Option(help: "Stop when this run has received so many bytes.")
    var maxDownload: Int?
    @Option(name: .customLong("for"), help: ArgumentHelp("Stop after this time.", valueName: "duration"))
    var duration: DurationArgument?

    func apply(to crawling: inout CrawlConfiguration) {
        (crawling.maxPairs, crawling.maxDownload) = (maxPairs, maxDownload)
        crawling.duration = duration.map { .seconds($0.seconds) }
    }
}

/// How gently hosts are asked, and who asks.
struct MannersOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The wait between two requests to a host.", valueName: "duration"))
    var delay = DurationArgument(seconds: 1)
    @Option(help: "Requests in flight over all hosts.")
    var concurrency = 32
    @Option(help: "Requests in flight to one host.")
    var perHost = 1
    @Option(help: "Who asks; must name a contact (URL or mail address) once a crawl leaves this machine.")
    var userAgent = "wit/0.1"
    @Option(
        help: ArgumentHelp(
            "Allow addresses that are refused otherwise, such as 127.0.0.0/8.", valueName: "cidr"))
    var allowAddress: [CIDR] = []

    func validate() throws {
        guard concurrency >= 1, perHost >= 1 else {
            throw ValidationError("--concurrency and --per-host are at least 1")
        }
    }

    func apply(to crawling: inout CrawlConfiguration) {
        crawling.delay = .seconds(delay.seconds)
        (crawling.concurrency, crawling.perHost) = (concurrency, perHost)
        crawling.allowAddress = allowAddress
    }
}

/// How one request is made, and how long it may take.
struct CrawlRequestOptions: ParsableArguments {
    @Option(help: "Requests in flight to one registered domain, all its sub-domains together.")
    var perDomain = 4
    @Option(help: "Requests in flight to one address, whatever names lead there.")
    var perAddress = 8
    @Option(help: ArgumentHelp("The time until a connection is ready.", valueName: "duration"))
    var connectTimeout = DurationArgument(seconds: TimeLimits().connect / .seconds(1))
    @Option(
        help: ArgumentHelp(
            "The time from a request to the end of the answer's header.", valueName: "duration"))
    var answerTimeout = DurationArgument(seconds: TimeLimits().headers / .seconds(1))
    @Option(help: ArgumentHelp("The time of one transfer as a whole.", valueName: "duration"))
    var transferTimeout = DurationArgument(seconds: TimeLimits().total / .seconds(1))
    @Option(help: "Bytes a second below which a body is given up.")
    var lowestSpeed = TimeLimits().lowestBytesPerSecond
    @Option(help: "How often a URL is asked for while it fails in ways that may heal.")
    var tries = 3
    @Option(
        help: ArgumentHelp(
            "Ask through this proxy. It resolves and connects in our place: addresses are not checked then.",
            valueName: "http://host:port"))
    var proxy: String?

    func validate() throws {
        for (name, number) in [("tries", tries), ("per-domain", perDomain), ("per-address", perAddress)]
        where number < 1 {
            throw ValidationError("--\(name) \(number) is below 1")
        }
        if let proxy, URL(string: proxy)?.host == nil {
            throw ValidationError("'\(proxy)' is no proxy; write it as http://host:port")
        }
    }

    func apply(to crawling: inout CrawlConfiguration) {
        crawling.timeLimits = TimeLimits(
            connect: .seconds(connectTimeout.seconds), headers: .seconds(answerTimeout.seconds),
            total: .seconds(transferTimeout.seconds), lowestBytesPerSecond: lowestSpeed)
        crawling.maxTries = tries
        crawling.perDomain = max(perDomain, crawling.perHost)
        crawling.perAddress = max(perAddress, crawling.perHost)
        crawling.proxy = proxy
    }
}

/// What a crawl reads besides links, and what it asks for again.
struct CrawlChoiceOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Read the sitemaps that the seeds' robots.txt files name.")
    var sitemaps = true
    @Option(
        help: ArgumentHelp(
            "Ask again, conditionally, for pages that were read longer ago than this.", valueName: "duration")
    )
    var refresh: DurationArgument?

    func apply(to crawling: inout CrawlConfiguration) {
        crawling.readsSitemaps = sitemaps
        crawling.refreshAfter = refresh.map { .seconds($0.seconds) }
    }
}

/// What a crawl or an import leaves out by the user's own lists.
struct LeaveOutOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Leave out what a file lists: a host (with its sub-domains) or the beginning of a URL a line.",
            valueName: "file"))
    var block: [String] = []
    @Option(
        help: ArgumentHelp(
            "Leave out what a robots.txt forbids this crawler by name too, such as CCBot or img2dataset.",
            valueName: "name"))
    var optOutAgent: [String] = []
    @Option(
        help: ArgumentHelp(
            "Leave out pictures that a file names by SHA-256, as sha256sum writes it, such as an evaluation set's.",
            valueName: "file"))
    var excludeHashes: [String] = []

    func apply(to crawling: inout CrawlConfiguration) throws {
        for path in block {
            for line in try Self.lines(path, "--block") { crawling.blocklist.add(line) }
        }
        crawling.optOutAgents = optOutAgent
        for path in excludeHashes {
            for (number, line) in try Self.lines(path, "--exclude-hashes").enumerated() {
                guard let word = line.split(whereSeparator: \.isWhitespace).first, word.first != "#" else {
                    continue
                }
                guard let digest = SHA256Digest(hex: word.lowercased()) else {
                    throw CommandError(
                        "--exclude-hashes \(path), line \(number + 1): '\(word.prefix(80))' is no SHA-256 "
                            + "(64 hexadecimal digits); make the file with sha256sum")
                }
                crawling.excludedHashes.insert(digest)
            }
        }
    }

    private static func lines(_ path: String, _ option: String) throws -> [String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandError("\(option) \(path) cannot be read: it must be a text file")
        }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    }
}

/// What a picture must be like to be kept.
struct FilterOptions: ParsableArguments {
    @Option(help: "The shortest side, in pixels.") var minSide = ImageFilters().minSide
    @Option(help: "The longest shape, long side over short.") var maxAspect = ImageFilters().maxAspect
    @Option(help: "The smallest file, in bytes.") var minBytes = ImageFilters().minBytes
    @Option(help: "The largest file, in bytes.") var maxBytes = ImageFilters().maxBytes
    @Option(help: "The most pixels, width times height, up to 1000000000.")
    var maxPixels = ImageFilters().maxPixels

    func validate() throws {
        guard (1...1_000_000_000).contains(maxPixels) else {
            throw ValidationError("--max-pixels is 1 to 1000000000, not \(maxPixels)")
        }
    }

    var filters: ImageFilters {
        var filters = ImageFilters()
        (filters.minSide, filters.maxAspect) = (minSide, maxAspect)
        (filters.minBytes, filters.maxBytes, filters.maxPixels) = (minBytes, maxBytes, maxPixels)
        return filters
    }
}
