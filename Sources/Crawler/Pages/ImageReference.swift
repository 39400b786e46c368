/// What an address of a picture, as it is written, leads to.
enum ImageReference {
    /// The first address that can be asked for, or why the picture is left out.
    static func first(of references: [String], base: WebURL? = nil) -> Result<WebURL, Dropped> {
        var fault = DropReason.imageUnusable
        for reference in references {
            if reference.prefix(5).lowercased() == "data:" {
                fault = .imageInline
            } else if FileKind(of: reference) == .unsupportedImage {
                fault = .imageUnsupported
            } else if let url = WebURL(reference, relativeTo: base) {
                return .success(url)
            }
        }
        return .failure(Dropped(fault))
    }
}
