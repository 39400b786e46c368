/// Which column of a list means what: as named, or found by the names that published lists use.
struct ListColumns: Equatable {
    var url: Int?
    var texts: [Int]
    var page: Int?
    var licence: Int?
    var language: Int?
    /// Where the text stood on its page, as a candidate log says.
    var source: Int?
    /// Those that are kept as they are.
    var kept: [Int] = []

    private static let urlNames = [
        "url", "image_url", "img_url", "image_link", "photo_image_url", "image", "src",
    ]
    private static let textNames = [
        "caption", "text", "alt_text", "alt", "title", "description", "photo_description",
    ]
    private static let pageNames = ["page_url", "page_link", "source_url", "page"]
    private static let licenceNames = ["licence", "license"]
    private static let languageNames = ["language", "lang"]
    private static let sourceNames = ["text_source"]

    /// - Parameter path: what errors call the list.
    init(_ columns: [String], _ options: ListOptions, path: String) throws(CrawlerError) {
        let finder = Finder(columns: columns, path: path)
        self.init(found: columns)
        if let name = options.urlColumn { url = try finder.named(name) }
        if url == nil { throw finder.missing("column of addresses", "--url-column") }
        if !options.textColumns.isEmpty { texts = [] }
        for name in options.textColumns { texts.append(try finder.named(name)) }
        if texts.isEmpty { throw finder.missing("column of texts", "--text-column") }
        if let name = options.pageColumn { page = try finder.named(name) }
        try keep(options.keptColumns, finder)
    }

    /// Whatever is found by its name.
    init(found columns: [String]) {
        let finder = Finder(columns: columns, path: "")
        url = finder.first(of: Self.urlNames)
        texts = finder.first(of: Self.textNames).map { [$0] } ?? []
        page = finder.first(of: Self.pageNames)
        licence = finder.first(of: Self.licenceNames)
        language = finder.first(of: Self.languageNames)
        source = finder.first(of: Self.sourceNames)
    }

    /// Keeps columns by their names; those that have a meaning are kept with it.
    mutating func keep(_ names: [String], of columns: [String]) {
        let meanings = Set(all)
        kept = columns.indices.filter {
            !meanings.contains($0) && (names.contains("all") || names.contains(columns[$0]))
        }
    }

    private mutating func keep(_ names: [String], _ finder: Finder) throws(CrawlerError) {
        var found: [String] = names.contains("all") ? ["all"] : []
        for name in names where name != "all" { found.append(finder.columns[try finder.named(name)]) }
        keep(found, of: finder.columns)
    }

    /// All that are read, each once, in the list's order.
    var all: [Int] {
        Set(texts + kept + [url, page, licence, language, source].compactMap(\.self)).sorted()
    }

    private struct Finder {
        let columns: [String]
        let path: String

        /// A column by its name, or by its number from 1.
        func named(_ name: String) throws(CrawlerError) -> Int {
            if let found = columns.firstIndex(of: name) { return found }
            if let number = Int(name), columns.indices.contains(number - 1) { return number - 1 }
            throw CrawlerError(.input, path, "has no column '\(name)'; it has \(listing)")
        }

        /// The first of some names, in whatever case.
        func first(of names: [String]) -> Int? {
            let lower = columns.map { $0.lowercased() }
            return names.lazy.compactMap { lower.firstIndex(of: $0) }.first
        }

        func missing(_ what: String, _ option: String) -> CrawlerError {
            CrawlerError(.input, path, "no \(what) found among \(listing); name it with \(option)")
        }

        private var listing: String {
            columns.isEmpty ? "no columns" : columns.prefix(40).joined(separator: ", ")
        }
    }
}
