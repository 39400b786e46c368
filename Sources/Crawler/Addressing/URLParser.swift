/// The WHATWG URL standard's basic URL parser, cut down to http and https, over bytes of UTF-8.
///
/// It writes the serialised URL as it goes; `..` takes bytes of the path back off.
struct URLParser {
    private(set) var out: [UInt8] = []
    private(set) var parts = WebURL.Parts()
    private let input: ArraySlice<UInt8>

    private init(_ input: ArraySlice<UInt8>) {
        self.input = input
        out.reserveCapacity(input.count + 64)
    }

    /// The serialised URL and its parts; `nil` when the text is no web URL.
    static func parse(
        _ text: UnsafeBufferPointer<UInt8>, base: WebURL?
    ) -> (out: [UInt8], parts: WebURL.Parts)? {
        var trimmed = text[...]
        while let byte = trimmed.first, byte <= 32 { trimmed.removeFirst() }
        while let byte = trimmed.last, byte <= 32 { trimmed.removeLast() }
        guard trimmed.count <= WebURL.maxBytes else { return nil }
        let isBlank: (UInt8) -> Bool = { $0 == 9 || $0 == 10 || $0 == 13 }
        let input = trimmed.contains(where: isBlank) ? trimmed.filter { !isBlank($0) } : Array(trimmed)
        var parser = URLParser(input[...])
        guard parser.run(base: base), parser.out.count <= WebURL.maxBytes else { return nil }
        return (parser.out, parser.parts)
    }

    private mutating func run(base: WebURL?) -> Bool {
        guard let (scheme, rest) = splitScheme() else {
            guard let base else { return false }
            return relative(input, base)
        }
        guard scheme == "http" || scheme == "https" else { return false }
        if let base, base.scheme == scheme, !rest.starts(with: "//".utf8) { return relative(rest, base) }
        return absolute(scheme, rest)
    }

    /// The scheme in lower case and what follows its colon; `nil` when the text has no scheme.
    private func splitScheme() -> (String, ArraySlice<UInt8>)? {
        guard let first = input.first, isLetter(first), let colon = input.firstIndex(of: 58) else {
            return nil
        }
        let name = input[..<colon]
        let isName = name.allSatisfy {
            isLetter($0) || (48...57).contains($0) || $0 == 43 || $0 == 45 || $0 == 46
        }
        return isName ? (String(decoding: name, as: UTF8.self).lowercased(), input[(colon + 1)...]) : nil
    }

    /// Scheme, then authority after any number of slashes of either kind.
    private mutating func absolute(_ scheme: String, _ rest: ArraySlice<UInt8>) -> Bool {
        out += scheme.utf8
        parts.schemeEnd = Int32(out.count)
        out += "://".utf8
        let start = rest.drop(while: isSlash)
        let authority = start.prefix { !isSlash($0) && $0 != 63 && $0 != 35 }
        guard appendAuthority(authority) else { return false }
        appendPath(start[authority.endIndex...].prefix { $0 != 63 && $0 != 35 })
        appendTail(start[authority.endIndex...].drop { $0 != 63 && $0 != 35 })
        return true
    }

    /// The "relative" and "relative slash" states.
    private mutating func relative(_ rest: ArraySlice<UInt8>, _ base: WebURL) -> Bool {
        if rest.prefix(2).count == 2, rest.prefix(2).allSatisfy(isSlash) {
            return absolute(base.scheme, rest)
        }
        let path = rest.prefix { $0 != 63 && $0 != 35 }
        let tail = rest[path.endIndex...]
        var kept = base.parts.queryEnd
        if path.first.map(isSlash) == true {
            kept = base.parts.pathStart
        } else if !path.isEmpty || tail.first == 63 {
            kept = base.parts.pathEnd
        }
        out += base.href.utf8.prefix(Int(kept))
        parts = base.parts
        if path.isEmpty {
            parts.pathEnd = min(base.parts.pathEnd, kept)
            parts.queryEnd = kept
        } else {
            if kept != base.parts.pathStart { shortenPath() }
            appendPath(path)
        }
        appendTail(tail)
        return true
    }

    // MARK: Authority

    private mutating func appendAuthority(_ authority: ArraySlice<UInt8>) -> Bool {
        parts.usernameEnd = Int32(out.count)
        var hostAndPort = authority
        if let at = authority.lastIndex(of: 64) {
            appendCredentials(authority[..<at])
            hostAndPort = authority[(at + 1)...]
        }
        parts.hostStart = Int32(out.count)
        let hostEnd = endOfHost(hostAndPort)
        guard let host = HostParser.parse(hostAndPort[..<hostEnd]) else { return false }
        out += host
        parts.hostEnd = Int32(out.count)
        return appendPort(hostAndPort[hostEnd...].dropFirst())
    }

    private mutating func appendCredentials(_ text: ArraySlice<UInt8>) {
        let name = text.prefix { $0 != 58 }
        let password = text[name.endIndex...].dropFirst()
        PercentEncoding.append(name, to: &out, encoding: PercentEncoding.userinfo)
        parts.usernameEnd = Int32(out.count)
        if !password.isEmpty {
            out.append(58)
            PercentEncoding.append(password, to: &out, encoding: PercentEncoding.userinfo)
        }
        if !name.isEmpty || !password.isEmpty { out.append(64) }
    }

    /// The first colon outside brackets, or the end.
    private func endOfHost(_ text: ArraySlice<UInt8>) -> Int {
        var isInside = false
        for index in text.indices {
            switch text[index] {
            case 91: isInside = true
            case 93: isInside = false
            case 58 where !isInside: return index
            default: continue
            }
        }
        return text.endIndex
    }

    private mutating func appendPort(_ digits: ArraySlice<UInt8>) -> Bool {
        guard !digits.isEmpty else { return true }
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return false }
        let number = digits.reduce(0) { min($0 * 10 + Int($1 - 48), 1 << 20) }
        guard let port = UInt16(exactly: number) else { return false }
        if number != (parts.schemeEnd == 5 ? 443 : 80) {
            parts.port = port
            out += ":\(port)".utf8
        }
        return true
    }

    // MARK: Path, query, fragment

    /// Adds segments to a path that may have some already (those of a base).
    private mutating func appendPath(_ path: ArraySlice<UInt8>) {
        if parts.pathStart == 0 { parts.pathStart = Int32(out.count) }
        var rest = path.first.map(isSlash) == true ? path.dropFirst() : path
        while true {
            let segment = rest.prefix { !isSlash($0) }
            let isLast = segment.endIndex == rest.endIndex
            let dots = DotSegment(segment)
            if dots == .double { shortenPath() }
            if dots == .none {
                out.append(47)
                PercentEncoding.append(segment, to: &out, encoding: PercentEncoding.path)
            } else if isLast {
                out.append(47)
            }
            if isLast { break }
            rest = rest[(segment.endIndex + 1)...]
        }
        parts.pathEnd = Int32(out.count)
        parts.queryEnd = parts.pathEnd
    }

    /// Takes the last segment off the path, if it has one.
    private mutating func shortenPath() {
        guard let slash = out[Int(parts.pathStart)...].lastIndex(of: 47) else { return }
        out.removeSubrange(slash...)
    }

    /// Adds what follows the path: a query, a fragment, both or nothing.
    private mutating func appendTail(_ tail: ArraySlice<UInt8>) {
        let query = tail.prefix { $0 != 35 }
        if query.first == 63 {
            out.append(63)
            PercentEncoding.append(query.dropFirst(), to: &out, encoding: PercentEncoding.specialQuery)
            parts.queryEnd = Int32(out.count)
        }
        let fragment = tail[query.endIndex...]
        guard !fragment.isEmpty else { return }
        out.append(35)
        PercentEncoding.append(fragment.dropFirst(), to: &out, encoding: PercentEncoding.fragment)
    }

    private func isSlash(_ byte: UInt8) -> Bool { byte == 47 || byte == 92 }

    private func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte | 32) }
}

/// Whether a path segment is `.` or `..`, each dot written as it is or as `%2e`.
private enum DotSegment {
    case none, single, double

    init(_ segment: ArraySlice<UInt8>) {
        var rest = segment
        var dots = 0
        while let first = rest.first, dots < 3 {
            if first == 46 {
                rest = rest.dropFirst()
            } else if PercentEncoding.escape(in: rest, at: rest.startIndex) == 46 {
                rest = rest.dropFirst(3)
            } else {
                dots = 3
                break
            }
            dots += 1
        }
        self = dots == 1 ? .single : dots == 2 ? .double : .none
    }
}
