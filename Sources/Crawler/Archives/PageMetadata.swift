internal import Foundation

/// What a WAT record (Common Crawl's "web archive transformation", one JSON object) tells of a page. Pictures and their
/// alternative texts stand there, captions and JSON-LD do not.
enum PageMetadata {
    /// The page as its markup would have been read, and the fields of the server's answer; nil for what is no page that
    /// was answered with a status of 2xx.
    static func read(_ json: [UInt8], limits: PageLimits) -> (
        page: RawPage, headers: [(name: String, value: String)]
    )? {
        let top = try? JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
        guard
            let payload = object(object(top?["Envelope"])?["Payload-Metadata"]),
            let answer = object(payload["HTTP-Response-Metadata"]),
            let status = object(answer["Response-Message"])?["Status"].flatMap(JSONRecords.text),
            status.hasPrefix("2"),
            let html = object(answer["HTML-Metadata"])
        else { return nil }
        let headers = (object(answer["Headers"]) ?? [:]).compactMap { name, value in
            JSONRecords.text(value).map { (name: name, value: $0) }
        }
        return (page(html, limits), headers)
    }

    private static func page(_ html: [String: Any], _ limits: PageLimits) -> RawPage {
        var page = RawPage()
        let head = object(html["Head"])
        page.base = head?["Base"] as? String
        for meta in objects(head?["Metas"]).prefix(limits.metas) {
            let name = meta["name"] ?? meta["property"]
            guard let name = name as? String, let content = meta["content"] as? String else { continue }
            page.metas.append((name.lowercased(), content))
        }
        let links = objects(html["Links"])
        page.images =
            links.prefix(limits.links).compactMap(image).prefix(limits.images) + CardImages.read(page.metas)
        page.licence = links.lazy.compactMap { $0["url"] as? String }.first(where: Licences.isCreativeCommons)
        return page
    }

    /// A picture that the page shows, or that a link with words leads to.
    private static func image(_ link: [String: Any]) -> RawImage? {
        guard let path = link["path"] as? String, let url = link["url"] as? String else { return nil }
        let text = { (name: String, source: TextSource) in
            (link[name] as? String).map { RankedText(source, $0) }
        }
        switch path {
        case "IMG@/src":
            return RawImage(
                references: [url], texts: [text("alt", .alt), text("title", .title)].compactMap(\.self))
        case "A@/href" where FileKind(of: url) == .image:
            return RawImage(
                references: [url], texts: [text("text", .linkText)].compactMap(\.self), isLinked: true)
        default: return nil
        }
    }

    private static func object(_ value: Any?) -> [String: Any]? { value as? [String: Any] }

    private static func objects(_ value: Any?) -> [[String: Any]] { value as? [[String: Any]] ?? [] }
}
