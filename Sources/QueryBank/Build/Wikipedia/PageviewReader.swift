/// Page views as Wikimedia publishes them, plain, gzip or bzip2.
///
/// Two formats are told apart by the line: the hourly files' "en Cat 42 0" (domain, title, views, bytes; "en.m" is the
/// mobile site), and "pageviews complete"'s "en.wikipedia Cat 6678 desktop 42 A3B…" (wiki, title, page id, access, views of
/// the day, views of its hours).
struct PageviewReader {
    /// The language edition, "en".
    let project: String

    /// Hands on title, with spaces, and views of every line of the edition; gives how many lines had no such form.
    func read(_ path: String, _ body: (_ title: String, _ views: Int) throws -> Void) throws -> Int {
        let hourly = Set([project, "\(project).m", "\(project).zero"])
        let complete = "\(project).wikipedia"
        var malformed = 0
        let tooLong = try ByteStream(path: path).forEachLine { line in
            // Most lines are of other editions; their first bytes tell.
            guard line.starts(with: project.utf8) else { return }
            let fields = line.fields(separatedBy: UInt8(ascii: " "))
            let domain = fields[0].text
            let views: Int?
            switch fields.count {
            case 4 where hourly.contains(domain): views = Int(fields[2].text)
            case 6... where domain == complete: views = Int(fields[4].text)
            case _ where hourly.contains(domain) || domain == complete: views = nil
            default: return
            }
            guard let views, views >= 0 else {
                malformed += 1
                return
            }
            try body(fields[1].text.spaced, views)
        }
        return malformed + tooLong
    }
}
