import Decode
import Foundation
import Testing

/// Pixels against Pillow and torchvision themselves, on real pictures in every format and variant.
@Suite("Equality with Pillow", .enabled(if: Reference.python != nil, "WIT_TEST_PYTHON names no Python"))
struct PillowTests {
    @Test("Decoded pixels and CLIP crops equal Pillow's")
    func equality() throws {
        let reference = try Reference()
        #expect(reference.entries.count >= 300)
        var decoded: [String: Differences] = [:]
        var cropped: [String: Differences] = [:]
        for entry in reference.entries {
            #expect(entry.error == nil, "Pillow refuses \(entry.name)")
            let picture = try compareDecoded(entry, reference)
            decoded[entry.kind, default: Differences()].add(picture)
            guard entry.cropped == true else { continue }
            cropped[entry.kind, default: Differences()].add(try compareCropped(entry, reference))
        }
        report("decode against \(reference.peers)", decoded)
        report("crop against \(reference.peers)", cropped)
    }

    private func compareDecoded(_ entry: Reference.Entry, _ reference: Reference) throws -> Differences {
        let bytes = try fileBytes(entry.path)
        let image = try ImageDecoder().decode(bytes)
        let info = try ImageDecoder().info(bytes)
        #expect(image.width == entry.width && image.height == entry.height, "\(entry.name)")
        #expect(info.width == entry.width && info.height == entry.height, "\(entry.name)")
        var differences = Differences()
        differences.add(image.pixels, try reference.pixels(of: entry))
        #expect(differences.maximum <= 2 && differences.mean <= 0.05, "\(entry.name): \(differences)")
        return differences
    }

    /// Compares both roads to a crop: through a picture, and straight from the bytes.
    private func compareCropped(_ entry: Reference.Entry, _ reference: Reference) throws -> Differences {
        let bytes = try fileBytes(entry.path)
        let crop: ImageTransform.Crop = entry.position == nil ? .centre : .random
        let transform = ImageTransform(size: 224, crop: crop, mean: [0, 0, 0], std: [1, 1, 1])
        let position = entry.position.map { (x: $0[0], y: $0[1]) } ?? (0, 0)
        let straight = try straightCrop(bytes, transform, position)
        let image = try ImageDecoder().decode(bytes)
        #expect(sameBytes(apply(transform, image, position), straight), "\(entry.name): the two roads differ")
        var differences = Differences()
        differences.add(levels(straight), try reference.crop(of: entry))
        #expect(differences.maximum <= 2 && differences.mean <= 0.05, "\(entry.name): \(differences)")
        return differences
    }

    private func report(_ what: String, _ differences: [String: Differences]) {
        var all = Differences()
        for (kind, each) in differences.sorted(by: { $0.key < $1.key }) {
            if each.maximum > 0 { print("\(what) \(kind): \(each)") }
            all.add(each)
        }
        print("\(what), all \(differences.count) kinds: \(all)")
    }
}

/// A crop by way of a decoded picture.
func apply(_ transform: ImageTransform, _ image: RGBImage, _ position: (x: Double, y: Double)) -> [Float] {
    [Float](unsafeUninitializedCapacity: transform.outputCount) { buffer, count in
        let planes = UnsafeMutableBufferPointer(rebasing: buffer[..<transform.outputCount])
        transform.apply(image, position: position, into: planes)
        count = transform.outputCount
    }
}

/// A crop straight from the bytes of a file.
func straightCrop(
    _ bytes: [UInt8], _ transform: ImageTransform, _ position: (x: Double, y: Double),
    decoder: ImageDecoder = ImageDecoder()
) throws -> [Float] {
    var planes = [Float](repeating: -1, count: transform.outputCount)
    try bytes.withUnsafeBytes { raw in
        try planes.withUnsafeMutableBufferPointer { buffer in
            try decoder.decode(
                raw, transform: transform, position: position, into: buffer, scratch: DecodeScratch())
        }
    }
    return planes
}

/// Floats in 0...1 as the bytes they came from.
func levels(_ values: [Float]) -> [UInt8] { values.map { UInt8(($0 * 255).rounded()) } }
