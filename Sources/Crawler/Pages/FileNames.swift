/// Texts that are the name of a file, not words about a picture.
enum FileNames {
    /// `IMG_1234.JPG`, `header-2x.png`, `DSC00123`, `Screenshot 2021-03-04`.
    static func isFileName(_ text: String) -> Bool {
        if hasImageExtension(text) { return true }
        return isCameraName(text)
    }

    /// The name that an address ends with is that of a button, a bullet, an icon: a word says so, or a size.
    static func isFurniture(_ reference: String) -> Bool {
        let path = reference.prefix { $0 != "?" && $0 != "#" }
        let name = path.split(separator: "/").last?.lowercased() ?? ""
        let words = name.dropLast(FileKind.endingBytes(name)).split { "-_.+ ".contains($0) }
        if words.contains(where: { furniture.contains($0) }) { return true }
        return words.count > 1 && words.last.map { iconSizes.contains($0) } ?? false
    }

    private static let furniture: Set<Substring> = Set(
        ("icon icons favicon logo logos button buttons btn arrow arrows bullet bullets spacer pixel blank minus plus prev "
            + "previous next home sprite sprites badge").split(separator: " "))

    private static let iconSizes: Set<Substring> = Set(
        [12, 16, 20, 22, 24, 32].flatMap { ["\($0)", "\($0)x\($0)", "\($0)px"] }.map { $0[...] })

    private static func hasImageExtension(_ text: String) -> Bool {
        let kind = FileKind(of: text)
        guard kind == .image || kind == .unsupportedImage else { return false }
        // "We saved it as cat.png" is a sentence; "my cat.png" is a name.
        let words = text.utf8.dropLast(FileKind.endingBytes(text)).split(separator: UInt8(ascii: " "))
        return words.count <= 3
    }

    /// A prefix that cameras, phones and editors give, and then nothing but digits and separators.
    private static func isCameraName(_ text: String) -> Bool {
        let lower = text.lowercased()
        for prefix in prefixes where lower.utf8.starts(with: prefix.utf8) {
            let rest = lower[lower.utf8.index(lower.startIndex, offsetBy: prefix.utf8.count)...]
            guard rest.contains(where: \.isNumber) else { continue }
            return rest.allSatisfy { $0.isNumber || "_-.:() ".contains($0) }
        }
        return false
    }

    private static let prefixes = [
        "imgp", "img", "image", "dscn", "dscf", "dsc", "dcim", "pict", "pic", "photo", "picture",
        "screenshot",
        "screen shot", "pxl", "mvimg", "gopr", "untitled", "unnamed", "slide", "figure", "fig", "scan",
        "page", "p",
    ]
}
