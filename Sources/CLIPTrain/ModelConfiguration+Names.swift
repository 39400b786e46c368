import Foundation

extension ModelConfiguration {
    /// The models that have a name: the paper's nine, and the small family.
    public static let names: [String] = papers.map(\.name) + familyScales.map(familyName)

    /// The model of a name, such as "ViT-B/32", "RN50x4" or "wit-tiny".
    ///
    /// "ViT-B-32" and "ViT-L-14-336", as OpenCLIP writes them, are understood too.
    /// - Throws: `CLIPTrainError` that lists the names.
    public init(named name: String) throws {
        let name = try Self.canonicalName(name)
        if let model = Self.papers.first(where: { $0.name == name }) {
            self = model.configuration
        } else {
            self = Self.family(scale: Double(Self.familyScales.first { Self.familyName($0) == name } ?? 0))
        }
    }

    /// The name in `names` that is meant.
    static func canonicalName(_ name: String) throws -> String {
        func plain(_ name: String) -> String {
            name.lowercased().replacingOccurrences(of: "/", with: "-").replacingOccurrences(
                of: "@", with: "-"
            )
            .replacingOccurrences(of: "px", with: "")
        }
        guard let found = names.first(where: { plain($0) == plain(name) }) else {
            throw CLIPTrainError(
                .model, "no model is called \(name); there are \(names.joined(separator: ", "))")
        }
        return found
    }

    /// The small family, for demos and tests, by compound scaling: one number makes a model of about 2^`scale`
    /// times the work of the smallest.
    ///
    /// Depth, width and resolution grow together as α^scale, β^scale and γ^scale with α·β²·γ² ≈ 2 (Tan and Le,
    /// "EfficientNet", section 3.3, whose α, β, γ these are). The text tower grows in width only, with the image
    /// tower's (Radford et al., section 2.4). Scale 0 is "wit-tiny": 64 pixels, patches of 8, 4 blocks of width 128 in
    /// each tower, heads of 32.
    public static func family(scale: Double) -> ModelConfiguration {
        func rounded(_ value: Double, to unit: Int) -> Int {
            max(unit, Int((value / Double(unit)).rounded()) * unit)
        }
        let width = rounded(128 * pow(1.1, scale), to: 32)
        return ModelConfiguration(
            embedDimension: width, usesQuickGELU: true,
            vision: Vision(
                imageSize: rounded(64 * pow(1.15, scale), to: 8), width: width,
                tower: .transformer(layers: rounded(4 * pow(1.2, scale), to: 1), patchSize: 8), headWidth: 32),
            text: Text(width: width, heads: width / 32, layers: 4))
    }

    private static let familyScales = 0...4

    private static func familyName(_ scale: Int) -> String { scale == 0 ? "wit-tiny" : "wit-tiny-\(scale)" }

    /// The paper's models (Radford et al., tables 19 and 20).
    private static let papers: [(name: String, configuration: ModelConfiguration)] = [
        ("RN50", resNet([3, 4, 6, 3], stem: 64, size: 224, embed: 1024, textWidth: 512)),
        ("RN101", resNet([3, 4, 23, 3], stem: 64, size: 224, embed: 512, textWidth: 512)),
        ("RN50x4", resNet([4, 6, 10, 6], stem: 80, size: 288, embed: 640, textWidth: 640)),
        ("RN50x16", resNet([6, 8, 18, 8], stem: 96, size: 384, embed: 768, textWidth: 768)),
        ("RN50x64", resNet([3, 15, 36, 10], stem: 128, size: 448, embed: 1024, textWidth: 1024)),
        ("ViT-B/32", transformer(layers: 12, width: 768, patch: 32, size: 224, embed: 512)),
        ("ViT-B/16", transformer(layers: 12, width: 768, patch: 16, size: 224, embed: 512)),
        ("ViT-L/14", transformer(layers: 24, width: 1024, patch: 14, size: 224, embed: 768)),
        ("ViT-L/14@336", transformer(layers: 24, width: 1024, patch: 14, size: 336, embed: 768)),
    ]

    private static func resNet(
        _ blocks: [Int], stem: Int, size: Int, embed: Int, textWidth: Int
    ) -> ModelConfiguration {
        ModelConfiguration(
            embedDimension: embed, usesQuickGELU: true,
            vision: Vision(imageSize: size, width: stem, tower: .resNet(blocks: blocks)),
            text: Text(width: textWidth, heads: textWidth / 64, layers: 12))
    }

    private static func transformer(
        layers: Int, width: Int, patch: Int, size: Int, embed: Int
    ) -> ModelConfiguration {
        ModelConfiguration(
            embedDimension: embed, usesQuickGELU: true,
            vision: Vision(
                imageSize: size, width: width, tower: .transformer(layers: layers, patchSize: patch)),
            text: Text(width: embed, heads: embed / 64, layers: 12))
    }
}
