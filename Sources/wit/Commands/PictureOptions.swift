import ArgumentParser
import CommandKit
import Crawler
import Decode

/// How far pictures are looked at, and what they are made over to before they are stored, under the names that img2dataset's
/// users know.
struct PictureOptions: ParsableArguments {
    /// The modes, and leaving pictures as they are.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case no, border
        case keepRatio = "keep_ratio"
        case keepRatioLargest = "keep_ratio_largest"
        case centerCrop = "center_crop"

        var resize: ImageResize.Mode? { ImageResize.Mode(rawValue: rawValue) }
    }

    @Option(
        help: """
            whole decodes every picture: damaged ones are left out, near duplicates can be told. header reads format and size \
            alone, several times as fast: damaged ones are kept, and only equal files are duplicates.
            """)
    var check = PictureCheck.whole
    @Option(
        help: """
            no keeps bytes as fetched; keep_ratio brings the short side to --image-size, keep_ratio_largest the long side; \
            center_crop cuts a square out of the former, border makes the latter a square with white bars.
            """)
    var resize = Mode.no
    @Option(help: ArgumentHelp("The size that --resize speaks of.", valueName: "pixels"))
    var imageSize = 256
    @Flag(help: "Leave pictures alone that are no larger than --image-size.")
    var resizeOnlyIfBigger = false
    @Option(help: "Store every picture as jpg, png or webp. Default: only what is resized, as jpg.")
    var encodeFormat: ImageEncoder.Format?
    @Option(help: "Quality of re-encoded jpg and webp, 1 to 100.")
    var encodeQuality = 95

    func validate() throws {
        guard (1...8_192).contains(imageSize) else {
            throw ValidationError("--image-size is 1 to 8192, not \(imageSize)")
        }
        guard (1...100).contains(encodeQuality) else {
            throw ValidationError("--encode-quality is 1 to 100, not \(encodeQuality)")
        }
    }

    func apply(to importing: inout CrawlConfiguration) {
        (importing.pictureCheck, importing.remake) = (check, remake)
    }

    /// Nil where pictures stay as they are fetched.
    private var remake: ImageRemake? {
        let change = resize.resize.map { ImageResize($0, size: imageSize, onlyIfBigger: resizeOnlyIfBigger) }
        guard change != nil || encodeFormat != nil else { return nil }
        return ImageRemake(resize: change, format: encodeFormat, quality: encodeQuality)
    }
}
