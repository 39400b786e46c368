/// What the end of an address says, before anything is asked for.
enum FileKind {
    /// No ending, or one that may be a page's.
    case page
    /// A picture that can be kept.
    case image
    /// A picture that cannot: vectors, icons, formats without a decoder here.
    case unsupportedImage
    /// Neither a page nor a picture.
    case other

    /// The kind that the ending of a reference's path names.
    init(of reference: String) {
        var reference = reference
        self = reference.withUTF8 { Self.table[Self.packedEnding($0)] ?? .page }
    }

    /// How many bytes the ending and its dot take; 0 without one.
    static func endingBytes(_ reference: String) -> Int {
        var reference = reference
        let packed = reference.withUTF8(packedEnding)
        return packed == 0 ? 0 : (64 - packed.leadingZeroBitCount + 7) / 8 + 1
    }

    /// The path's ending in lower case, as the bytes of a number; 0 without one, or with one too long to be one.
    private static func packedEnding(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var end = bytes.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? bytes.count
        var packed: UInt64 = 0
        for place in 0..<6 {
            guard end > 0 else { return 0 }
            end -= 1
            let byte = bytes[end]
            if byte == UInt8(ascii: ".") { return packed }
            guard byte != UInt8(ascii: "/"), place < 5 else { return 0 }
            packed |= UInt64(byte | ((65...90).contains(byte) ? 32 : 0)) << (8 * UInt64(place))
        }
        return 0
    }

    private static let table: [UInt64: FileKind] = {
        var table: [UInt64: FileKind] = [:]
        for (endings, kind) in endings {
            for ending in endings.split(separator: " ") {
                table[ending.utf8.reduce(0) { $0 << 8 | UInt64($1) }] = kind
            }
        }
        return table
    }()

    private static let endings: [(String, FileKind)] = [
        ("jpg jpeg jpe jfif png webp gif", .image),
        ("svg svgz ico avif heic heif bmp tif tiff jxl jp2 psd eps apng", .unsupportedImage),
        (
            "css js mjs json xml rss atom txt pdf ps gz tgz bz2 xz zip 7z rar tar zst deb rpm iso exe msi dmg apk jar "
                + "mp3 ogg oga ogv flac wav m4a mid mp4 m4v webm mkv avi mov mpg mpeg wmv doc docx xls xlsx ppt pptx "
                + "odt ods odp csv tsv woff woff2 ttf otf eot swf bin img ics epub djvu ly tex c h py patch diff sig "
                + "asc", .other
        ),
    ]
}

/// Licences that a page can state.
enum Licences {
    /// The address of a Creative Commons licence or public-domain mark.
    static func isCreativeCommons(_ href: String) -> Bool {
        // The licence's address is the rare case: look for its first letters before anything is copied.
        guard href.utf8.count > 30, let place = href.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return false
        }
        let rest = href[place...].dropFirst().prefix(40).lowercased()
        return ["//creativecommons.org/", "//www.creativecommons.org/"].contains { host in
            rest.hasPrefix(host + "licenses/") || rest.hasPrefix(host + "publicdomain/")
        }
    }
}
