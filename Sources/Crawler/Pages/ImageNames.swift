/// What the end of an address says about a picture, before anything is asked for.
enum ImageNames {
    /// The address ends like a picture that can be kept.
    static func isImage(_ reference: String) -> Bool {
        fileExtension(reference).map(wanted.contains) ?? false
    }

    /// The address ends like a picture that cannot be kept: vectors, icons, formats without a decoder here.
    static func isUnsupportedImage(_ reference: String) -> Bool {
        fileExtension(reference).map(unsupported.contains) ?? false
    }

    /// The address ends like something that is neither a page nor a picture.
    static func isOtherFile(_ reference: String) -> Bool {
        fileExtension(reference).map(others.contains) ?? false
    }

    /// The extension of the path in lower case; nil without one, or with one too long to be one.
    static func fileExtension(_ reference: String) -> String? {
        let path = reference.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard let dot = path.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let tail = path[path.index(after: dot)...]
        guard (1...5).contains(tail.count), !tail.contains(UInt8(ascii: "/")) else { return nil }
        return String(Substring(tail)).lowercased()
    }

    private static let wanted: Set<String> = ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif"]
    private static let unsupported: Set<String> = [
        "svg", "svgz", "ico", "avif", "heic", "heif", "bmp", "tif", "tiff", "jxl", "jp2", "psd", "eps",
        "apng",
    ]
    private static let others: Set<String> = [
        "css", "js", "mjs", "json", "xml", "rss", "atom", "txt", "pdf", "ps", "gz", "tgz", "bz2", "xz", "zip",
        "7z",
        "rar", "tar", "zst", "deb", "rpm", "iso", "exe", "msi", "dmg", "apk", "jar", "mp3", "ogg", "oga",
        "ogv",
        "flac", "wav", "m4a", "mid", "mp4", "m4v", "webm", "mkv", "avi", "mov", "mpg", "mpeg", "wmv", "doc",
        "docx",
        "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "csv", "tsv", "woff", "woff2", "ttf", "otf", "eot",
        "swf",
        "bin", "img", "torrent", "ics", "epub", "djvu", "ly", "tex", "c", "h", "py", "patch", "diff", "sig",
        "asc",
    ]
}

/// Licences that a page can state.
enum Licences {
    /// The address of a Creative Commons licence or public-domain mark.
    static func isCreativeCommons(_ href: String) -> Bool {
        guard let scheme = href.firstRange(of: "://") else { return false }
        let rest = href[scheme.upperBound...].lowercased()
        return ["creativecommons.org/licenses/", "creativecommons.org/publicdomain/"].contains {
            rest.hasPrefix($0) || rest.hasPrefix("www." + $0)
        }
    }
}
