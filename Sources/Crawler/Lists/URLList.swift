/// One row of a URL list.
struct ListRow: Equatable {
    var url: String
    /// Best first.
    var texts: [String]
    var page: String?
    var licence: String?
    var language: String?
    var source: TextSource?
    /// Values that are kept as they are, by the names of their columns.
    var extra: [String: String] = [:]
}

/// A URL list that is open.
struct URLList {
    private let records: any ListRecords
    private let columns: ListColumns

    /// Opens a list and finds its columns.
    init(_ path: String, _ options: ListOptions) throws {
        var options = options
        records = try Self.records(path, &options)
        columns = try ListColumns(Self.named(records, options), options, path: path)
    }

    /// The next row, or why there is none in its place; nil at the end.
    func next() throws -> Result<ListRow, Dropped>? {
        switch try records.next() {
        case nil: nil
        case .broken?: .failure(Dropped(.rowBroken))
        case .tooLong?: .failure(Dropped(.rowTooLong))
        case .row?: row().map(Result.success) ?? .failure(Dropped(.rowBroken))
        }
    }

    private func row() -> ListRow? {
        let optional = { (column: Int?) in column.flatMap(records.text) }
        guard let url = optional(columns.url) else { return nil }
        var row = ListRow(
            url: url, texts: columns.texts.compactMap(records.text), page: optional(columns.page),
            licence: optional(columns.licence), language: optional(columns.language),
            source: optional(columns.source).flatMap(TextSource.init(rawValue:)))
        for column in columns.kept { row.extra[records.columns[column]] = records.text(column) }
        return row
    }

    private static func records(_ path: String, _ options: inout ListOptions) throws -> any ListRecords {
        switch try options.format(of: path) {
        case .csv:
            return try DelimitedRecords(
                InputFile.open(path), separator: UInt8(ascii: ","), hasQuotes: true)
        case .tsv:
            return try DelimitedRecords(
                InputFile.open(path), separator: UInt8(ascii: "\t"), hasQuotes: false)
        case .jsonl:
            let asked =
                [options.urlColumn, options.pageColumn].compactMap(\.self) + options.textColumns
                + options.keptColumns.filter { $0 != "all" }
            return try JSONRecords(InputFile.open(path), asked: asked)
        case .parquet:
            guard path != "-" else {
                throw CrawlerError(.input, path, "Parquet is read from a file, not from standard input")
            }
            return try ParquetRecords(path: path, program: options.duckdb) { names in
                let columns = try ListColumns(names, options, path: path)
                options.name(columns, names)
                return columns.all.map { names[$0] }
            }
        }
    }

    /// The columns, where a list without a header has no names for them: addresses are told by their looks, and of two
    /// columns the other is the text.
    private static func named(_ records: any ListRecords, _ options: ListOptions) -> [String] {
        var names = records.columns
        guard let records = records as? DelimitedRecords, names == names.indices.map({ String($0 + 1) })
        else {
            return names
        }
        let urls = names.indices.filter { records.text($0)?.hasPrefix("http") ?? false }
        if options.urlColumn == nil, let url = urls.first { names[url] = "url" }
        if options.textColumns.isEmpty, names.count == 2, let url = urls.first { names[1 - url] = "text" }
        return names
    }
}

extension ListOptions {
    /// The format of a file.
    func format(of path: String) throws(CrawlerError) -> ListFormat {
        if let format = format ?? ListFormat(path: path) { return format }
        throw CrawlerError(.input, path, "its name tells no format; say --format csv, tsv, jsonl or parquet")
    }

    /// Calls columns by their names, which hold where only some of the columns are read; numbers would not.
    fileprivate mutating func name(_ columns: ListColumns, _ names: [String]) {
        urlColumn = columns.url.map { names[$0] }
        textColumns = columns.texts.map { names[$0] }
        pageColumn = columns.page.map { names[$0] }
        keptColumns = columns.kept.map { names[$0] }
    }
}
