import Foundation
import PairStore
import TestSupport

@testable import Loader

/// WebDataset shards for tests.
struct Shards {
    let folder: TemporaryFolder
    private(set) var keys: [String] = []

    /// The shards' paths.
    private(set) var files: [String] = []

    /// The pattern of all shards.
    var pattern: String { folder.path + "/*.tar" }

    /// Shards of the given sample counts. Every `distinct` samples have the same picture and caption.
    init(
        _ counts: [Int], pictures: [Picture] = Picture.dots, keyPrefix: String = "",
        damage: (Int) -> Damage = { _ in .none }
    ) throws {
        folder = try TemporaryFolder("shards")
        var number = 0
        for (shard, count) in counts.enumerated() {
            var writer = TarWriter()
            for _ in 0..<count {
                let key = keyPrefix + String(format: "%06d", number)
                keys.append(key)
                let picture = pictures[number % pictures.count]
                damage(number).write(picture, key: key, to: &writer)
                number += 1
            }
            writer.end()
            files.append(try folder.write(String(format: "%03d.tar", shard), writer.bytes))
        }
    }
}

/// A picture file and its caption.
struct Picture {
    var suffix: String
    var bytes: [UInt8]
    var caption: String

    /// tuxpaint's stamps with their English captions, and the figures of GIMP's manual: real PNGs.
    static let real: [Picture] = {
        let stamps = files(under: "/usr/share/tuxpaint/stamps", suffix: ".png").prefix(40).compactMap {
            path in
            read(path, caption: String(path.dropLast(4)) + ".txt")
        }
        let figures = files(under: "/usr/share/gimp/2.0/help/images", suffix: ".png").prefix(20).compactMap {
            path in
            read(path, caption: nil)
        }
        return stamps + figures
    }()

    private static func files(under root: String, suffix: String) -> [String] {
        let entries = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return entries.filter { $0.hasSuffix(suffix) }.sorted().map { root + "/" + $0 }
    }

    private static func read(_ path: String, caption captionPath: String?) -> Picture? {
        guard let data = FileManager.default.contents(atPath: path), data.count < 100_000 else { return nil }
        var caption = (path as NSString).lastPathComponent
        if let captionPath, let text = FileManager.default.contents(atPath: captionPath) {
            caption = String(decoding: text.prefix { $0 != 10 }, as: UTF8.self)
        }
        return Picture(suffix: "png", bytes: Array(data), caption: caption)
    }

    /// The smallest GIFs there are, one pixel each.
    static let dots: [Picture] = (UInt8(0)..<4).map { shade in
        let header: [UInt8] =
            Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, shade &* 60, 0, 0, 255, 255, 255]
        let image: [UInt8] = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]
        return Picture(suffix: "gif", bytes: header + image, caption: "shade \(shade)")
    }
}

/// What is wrong with a sample.
enum Damage {
    case none, noImage, noText, notAPicture, truncated

    func write(_ picture: Picture, key: String, to writer: inout TarWriter) {
        let bytes: [UInt8]
        switch self {
        case .notAPicture: bytes = Array("<html>not found</html>".utf8)
        case .truncated: bytes = Array(picture.bytes.prefix(picture.bytes.count / 2))
        default: bytes = picture.bytes
        }
        if self != .noImage { writer.add("\(key).\(picture.suffix)", bytes) }
        if self != .noText { writer.add("\(key).txt", Array(picture.caption.utf8)) }
        writer.add("\(key).json", Array("{}".utf8))
    }
}

extension BatchImages {
    /// The values of float32 pictures.
    var floats: ContiguousArray<Float> {
        withUnsafeBytes { ContiguousArray($0.bindMemory(to: Float.self)) }
    }
}

extension Batch {
    /// The values of one row's picture.
    func picture(_ row: Int) -> ContiguousArray<Float> {
        let size = 3 * imageSize * imageSize
        return ContiguousArray(images.floats[(row * size)..<((row + 1) * size)])
    }
}
