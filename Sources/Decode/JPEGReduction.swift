/// Whether a JPEG that is much larger than the model's input may be decoded at 1/2, 1/4 or 1/8 of its size.
///
/// libjpeg's reduced inverse transforms skip most of the work, and replace part of the antialiasing filter by
/// their own: the result is close to that of the whole picture, not equal. Measured differences are in DESIGN.md.
public enum JPEGReduction: Sendable, Hashable {
    /// Decode every pixel: equal to Pillow and torchvision.
    case none
    /// Decode at the smallest size whose short side is still at least `factor` times the resized short side.
    case keeping(factor: Double)

    /// The denominator to decode with, for short sides in pixels.
    func denominator(source: Int, target: Int) -> Int {
        guard case .keeping(let factor) = self else { return 1 }
        return Self.denominator(source: source, least: Int((max(factor, 1) * Double(target)).rounded(.up)))
    }

    /// The largest denominator that leaves a short side of at least `least` pixels.
    static func denominator(source: Int, least: Int) -> Int { [8, 4, 2].first { source / $0 >= least } ?? 1 }
}
