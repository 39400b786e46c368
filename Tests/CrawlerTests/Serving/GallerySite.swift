import Foundation
import TestSupport

/// A generated site of galleries with real pictures, and what an honest reader finds there: the generator knows it, so
/// tests need not read pages to judge how they were read.
struct GallerySite {
    /// One picture as a page shows it, and its texts, best first.
    struct Showing: Hashable {
        let path: String
        let texts: [String]
    }

    private(set) var pages: [String: String] = [:]
    private(set) var files: [String: Data] = [:]
    /// What the pages that may be read show.
    private(set) var showings: Set<Showing> = []
    private var random: SeededGenerator

    /// The caption and picture of stamps that are large enough to keep.
    static let stamps: [(caption: String, picture: Data)] = {
        let folder = "/usr/share/tuxpaint/stamps"
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".png") }.sorted().compactMap { path in
            let words = try? String(contentsOfFile: folder + "/" + path.dropLast(4) + ".txt", encoding: .utf8)
            guard let caption = words?.split(separator: "\n").first.map(String.init), !caption.isEmpty,
                let picture = FileManager.default.contents(atPath: folder + "/" + path),
                picture.count >= 4_000,
                picture.count < 120_000, isSquarish(picture)
            else { return nil }
            return (caption, picture)
        }
    }()

    /// Width and height stand at bytes 16 and 20 of a PNG.
    private static func isSquarish(_ png: Data) -> Bool {
        let number = { (place: Int) in png[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) } }
        let (width, height) = (number(16), number(20))
        return min(width, height) >= 64 && max(width, height) <= 3 * min(width, height)
    }

    /// Generates a site; equal seeds give equal sites.
    init(pages count: Int, picturesPerPage: Int, seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let stamps = Self.stamps
        for number in 0..<count {
            let rows = (0..<picturesPerPage).map { _ in show(stamps) }
            // A tree, with links back up and across, so that pages are met over several paths.
            let below = [2 * number + 1, 2 * number + 2].filter { $0 < count }
            let across = (0..<2).map { _ in Int.random(in: 0..<count, using: &random) }
            let links = (below + across).map { "<a href=\"/pages/\($0).html\">page \($0)</a>" }
            pages["/pages/\(number).html"] = rows.joined(separator: "\n") + links.joined(separator: " ")
        }
        pages["/index.html"] = "<a href=/pages/0.html>Start</a> <a href=/private/secret.html>Secret</a>"
        pages["/private/secret.html"] = "<img src=/pictures/0-0.png alt='A secret dog'>"
        files["/robots.txt"] = Data("User-agent: *\nDisallow: /private/\n".utf8)
    }

    /// The markup of one picture, in one of the ways of real pages.
    private mutating func show(_ stamps: [(caption: String, picture: Data)]) -> String {
        let stamp = Int.random(in: 0..<stamps.count, using: &random)
        // The same bytes stand under several addresses, and one address under several captions.
        let path = "/pictures/\(stamp)-\(Int.random(in: 0..<3, using: &random)).png"
        files[path] = stamps[stamp].picture
        let other = stamps[Int.random(in: 0..<stamps.count, using: &random)].caption
        let caption = Int.random(in: 0..<5, using: &random) == 0 ? other : stamps[stamp].caption
        let text = escape(caption)
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            return "<figure><img src=\(path)><figcaption>\(text)</figcaption></figure>" + note(path, caption)
        case 1:
            return "<img src=/blank.gif data-src=\(path) alt=image title=\"\(text)\">" + note(path, caption)
        case 2: return "<img src=/gone/\(stamp).png alt=\"\(text)\">"
        case 3: return "<img src=\(path) alt=\"\(text)\" width=16 height=16>"
        default: return "<img src=\(path) alt=\"\(text)\">" + note(path, caption)
        }
    }

    private mutating func note(_ path: String, _ caption: String) -> String {
        showings.insert(Showing(path: path, texts: [caption]))
        return ""
    }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
    }

    /// Writes the site below a folder.
    func write(to root: String) throws {
        let all = files.merging(
            pages.mapValues { Data("<!DOCTYPE html><html><body>\($0)</body></html>".utf8) }
        ) {
            $1
        }
        for (path, data) in all {
            let url = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: url)
        }
    }
}
