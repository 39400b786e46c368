/// Reads robots.txt line by line into rules.
struct RobotsParser {
    private enum Field {
        case userAgent, allow, disallow, crawlDelay, requestRate, sitemap, contentSignal, contentUsage
    }

    private var rules = RobotsRules()
    /// The tokens of the run of agents that the next rule is for.
    private var agents: [String] = []
    /// The tokens that a line other than a rule is for: those since the last line that was not an agent's.
    private var nearAgents: [String] = []
    private var record: Int?
    private var extra: Int?
    private var sawRule = false
    private var sawOther = false

    /// Reads a file; what is beyond the limit, the line that it cuts included, is ignored.
    mutating func parse(_ file: some Collection<UInt8>) {
        var text = Array(file.prefix(RobotsRules.maxBytes + 1))
        if text.count > RobotsRules.maxBytes {
            text.removeSubrange((text.lastIndex { $0 == 10 || $0 == 13 } ?? 0)...)
        }
        let start = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        for line in text[start...].split(whereSeparator: { $0 == 10 || $0 == 13 }) { parse(line: line) }
    }

    /// The rules, each run's most specific first, `allow` before `disallow` of the same length.
    consuming func finish() -> RobotsRules {
        for index in rules.records.indices {
            rules.records[index].sort {
                ($0.pattern.length, $0.allows ? 1 : 0) > ($1.pattern.length, $1.allows ? 1 : 0)
            }
        }
        return rules
    }

    private mutating func parse(line: ArraySlice<UInt8>) {
        let line = trim(line.prefix { $0 != 35 })
        guard let (field, value) = split(line) else { return }
        guard field != .userAgent else { return startAgent(value) }
        if field == .sitemap {
            if rules.sitemaps.count < RobotsRules.maxSitemaps, !value.isEmpty, value.count <= WebURL.maxBytes
            {
                rules.sitemaps.append(text(value))
            }
            return
        }
        sawOther = true
        switch field {
        case .allow: addRule(value, allows: true)
        case .disallow: addRule(value, allows: false)
        case .crawlDelay: addDelay(seconds(text(value)))
        case .requestRate: addDelay(secondsPerRequest(text(value)))
        case .contentSignal: addWish(value, reason: .contentSignal)
        case .contentUsage: addWish(value, reason: .contentUsage)
        case .userAgent, .sitemap: break
        }
    }

    // MARK: Groups

    private mutating func startAgent(_ value: ArraySlice<UInt8>) {
        if sawRule {
            agents = []
            record = nil
            sawRule = false
        }
        if sawOther {
            nearAgents = []
            extra = nil
            sawOther = false
        }
        guard !value.isEmpty else { return }
        let token =
            value.elementsEqual([42]) ? "*" : RobotsRules.productToken(of: text(value)).filter { $0 != "*" }
        // An agent that is named and told nothing may fetch everything: it is not everybody else any more.
        if rules.groups[token] == nil { rules.groups[token] = .init() }
        // A run that is used already goes on: the new token joins it.
        if let record { join(token, \.records, record) }
        if let extra { join(token, \.extras, extra) }
        agents.append(token)
        nearAgents.append(token)
    }

    private mutating func join(
        _ token: String, _ list: WritableKeyPath<RobotsRules.Group, [Int]>, _ index: Int
    ) {
        if rules.groups[token]?[keyPath: list].last != index {
            rules.groups[token, default: .init()][keyPath: list].append(index)
        }
    }

    private mutating func addRule(_ value: ArraySlice<UInt8>, allows: Bool) {
        sawRule = true
        let index = currentRecord()
        guard !value.isEmpty, !agents.isEmpty else { return }
        rules.records[index].append(.init(pattern: rules.patterns.add(value), allows: allows))
    }

    private mutating func currentRecord() -> Int {
        if let record { return record }
        rules.records.append([])
        let index = rules.records.count - 1
        record = index
        for token in agents { join(token, \.records, index) }
        return index
    }

    private mutating func currentExtras() -> Int {
        if let extra { return extra }
        rules.extras.append(.init())
        let index = rules.extras.count - 1
        extra = index
        for token in nearAgents { join(token, \.extras, index) }
        return index
    }

    // MARK: Beyond the standard

    private mutating func addDelay(_ seconds: Double?) {
        guard let seconds, !nearAgents.isEmpty else { return }
        let index = currentExtras()
        rules.extras[index].crawlDelay = max(rules.extras[index].crawlDelay ?? 0, seconds)
    }

    private func seconds(_ text: String) -> Double? {
        Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }

    /// `1/10s`: one request in ten seconds; the unit may be s, m, h or d. Hours of the day after it are ignored.
    private func secondsPerRequest(_ text: String) -> Double? {
        let sides = text.prefix { !$0.isWhitespace }.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count == 2, let requests = seconds(String(sides[0])), requests > 0 else { return nil }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = sides[1].last.flatMap { units[$0] }
        return seconds(String(unit == nil ? sides[1] : sides[1].dropLast())).map {
            $0 * (unit ?? 1) / requests
        }
    }

    /// `Content-Signal: ai-train=no`, `Content-Usage: /path train-ai=n`.
    private mutating func addWish(_ value: ArraySlice<UInt8>, reason: OptOut) {
        guard !nearAgents.isEmpty else { return }
        var preferences = value
        var pattern: RobotsPatterns.Pattern?
        if value.first == 47 {
            let path = value.prefix { $0 != 32 && $0 != 9 }
            pattern = rules.patterns.add(path)
            preferences = value[path.endIndex...]
        }
        guard let allows = UsagePreference.allowsTraining(text(preferences)) else { return }
        rules.extras[currentExtras()].wishes.append(
            .init(pattern: pattern, allowsTraining: allows, reason: reason))
    }

    // MARK: Lines

    /// Field and value. White space may stand for the colon, as some sites have it, unless the line has a colon
    /// that reads as one.
    private func split(_ line: ArraySlice<UInt8>) -> (Field, ArraySlice<UInt8>)? {
        if let colon = line.firstIndex(of: 58) {
            let value = line[(colon + 1)...]
            if let field = field(line[..<colon]) { return (field, trim(value)) }
            if value.first.map({ $0 <= 32 }) ?? true { return nil }
        }
        var end = line.startIndex
        for _ in 0..<2 {
            end = line[end...].drop { $0 <= 32 }.firstIndex { $0 <= 32 } ?? line.endIndex
            if let field = field(line[..<end]) { return (field, trim(line[end...])) }
        }
        return nil
    }

    private func field(_ name: ArraySlice<UInt8>) -> Field? {
        guard name.count <= 20 else { return nil }
        switch text(trim(name)).lowercased() {
        case "user-agent", "useragent", "user agent": return .userAgent
        case "allow": return .allow
        // Misspellings that robots.txt parsers of search engines read too.
        case "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw": return .disallow
        case "crawl-delay", "crawl delay", "crawldelay": return .crawlDelay
        case "request-rate", "request rate": return .requestRate
        case "sitemap", "sitemaps", "site-map": return .sitemap
        case "content-signal": return .contentSignal
        case "content-usage": return .contentUsage
        default: return nil
        }
    }

    private func trim(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var slice = slice
        while let byte = slice.first, byte <= 32 { slice.removeFirst() }
        while let byte = slice.last, byte <= 32 { slice.removeLast() }
        return slice
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
