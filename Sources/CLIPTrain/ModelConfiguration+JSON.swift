import Foundation

extension ModelConfiguration {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case embedDimension = "embed_dim"
        case usesQuickGELU = "quick_gelu"
        case vision = "vision_cfg"
        case text = "text_cfg"
    }

    /// Decodes OpenCLIP's JSON, whose `quick_gelu` may be absent.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        embedDimension = try container.decode(Int.self, forKey: .embedDimension)
        usesQuickGELU = try container.decodeIfPresent(Bool.self, forKey: .usesQuickGELU) ?? false
        vision = try container.decode(Vision.self, forKey: .vision)
        text = try container.decode(Text.self, forKey: .text)
    }

    /// Reads an OpenCLIP model configuration, alone or as the `model_cfg` of an `open_clip_config.json`.
    ///
    /// - Throws: `CLIPTrainError` when the file asks for what is not built here, naming the key.
    public init(contentsOf path: String) throws {
        let limit = 1 << 20
        guard let file = FileHandle(forReadingAtPath: path), let data = try file.read(upToCount: limit) else {
            throw CLIPTrainError(.file, "cannot read the model configuration \(path)")
        }
        do {
            try self.init(openCLIP: data)
        } catch let error as CLIPTrainError {
            throw CLIPTrainError(error.code, "\(path): \(error.description)")
        } catch {
            throw CLIPTrainError(.model, "\(path) is not an OpenCLIP model configuration: \(error)")
        }
    }

    init(openCLIP data: Data) throws {
        guard var root = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw CLIPTrainError(.model, "not a JSON object")
        }
        root = root["model_cfg"] as? [String: Any] ?? root
        try Self.refuseUnknown(in: root, known: CodingKeys.allCases.map(\.rawValue), at: "")
        for (key, known) in [
            ("vision_cfg", Vision.CodingKeys.allCases.map(\.rawValue)),
            ("text_cfg", Text.CodingKeys.allCases.map(\.rawValue)),
        ] {
            guard let part = root[key] as? [String: Any] else { continue }
            try Self.refuseUnknown(in: part, known: known, at: key + ".")
        }
        self = try JSONDecoder().decode(Self.self, from: JSONSerialization.data(withJSONObject: root))
        try validate()
    }

    /// A key that is not known might change the model, unless it only switches something off.
    private static func refuseUnknown(in object: [String: Any], known: [String], at path: String) throws {
        for (key, value) in object.sorted(by: { $0.key < $1.key }) where !known.contains(key) {
            if value is NSNull || (value as? Bool) == false { continue }
            throw CLIPTrainError(
                .model, "\(path)\(key) is not supported here; use a plain ViT or ResNet model")
        }
    }
}

extension ModelConfiguration.Vision {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case imageSize = "image_size"
        case layers
        case width
        case patchSize = "patch_size"
        case headWidth = "head_width"
        case mlpRatio = "mlp_ratio"
    }

    /// Decodes OpenCLIP's `vision_cfg`: a list of `layers` means a ResNet.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let tower: ModelConfiguration.Tower
        if let blocks = try? container.decode([Int].self, forKey: .layers) {
            tower = .resNet(blocks: blocks)
        } else {
            tower = .transformer(
                layers: try container.decode(Int.self, forKey: .layers),
                patchSize: try container.decode(Int.self, forKey: .patchSize))
        }
        self.init(
            imageSize: try container.decode(Int.self, forKey: .imageSize),
            width: try container.decode(Int.self, forKey: .width), tower: tower,
            headWidth: try container.decodeIfPresent(Int.self, forKey: .headWidth) ?? 64,
            mlpRatio: try container.decodeIfPresent(Double.self, forKey: .mlpRatio) ?? 4)
    }

    /// Encodes OpenCLIP's `vision_cfg`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(imageSize, forKey: .imageSize)
        try container.encode(width, forKey: .width)
        switch tower {
        case .transformer(let layers, let patchSize):
            try container.encode(layers, forKey: .layers)
            try container.encode(patchSize, forKey: .patchSize)
        case .resNet(let blocks):
            try container.encode(blocks, forKey: .layers)
            try container.encodeNil(forKey: .patchSize)
        }
        try container.encode(headWidth, forKey: .headWidth)
        try container.encode(mlpRatio, forKey: .mlpRatio)
    }
}

extension ModelConfiguration.Text {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case contextLength = "context_length"
        case vocabularySize = "vocab_size"
        case width
        case heads
        case layers
        case mlpRatio = "mlp_ratio"
    }

    /// Decodes OpenCLIP's `text_cfg`, with its defaults.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func value(_ key: CodingKeys, _ standard: Int) throws -> Int {
            try container.decodeIfPresent(Int.self, forKey: key) ?? standard
        }
        self.init(
            contextLength: try value(.contextLength, 77), vocabularySize: try value(.vocabularySize, 49_408),
            width: try value(.width, 512), heads: try value(.heads, 8), layers: try value(.layers, 12),
            mlpRatio: try container.decodeIfPresent(Double.self, forKey: .mlpRatio) ?? 4)
    }
}
