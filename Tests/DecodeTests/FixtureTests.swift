@testable import Decode
import Testing

@Suite("Decoding small pictures of every kind")
struct FixtureTests {
    @Test("Format, size and brightness are as Pillow has them", arguments: Fixture.all)
    func decodes(_ fixture: Fixture) throws {
        let decoder = ImageDecoder()
        let info = try decoder.info(fixture.bytes)
        let image = try decoder.decode(fixture.bytes)
        #expect(info.format == fixture.format)
        #expect(info.width == fixture.width && info.height == fixture.height)
        #expect(image.width == fixture.width && image.height == fixture.height)
        let mean = Double(image.pixels.reduce(0) { $0 + Int($1) }) / Double(image.pixels.count)
        #expect(abs(mean - fixture.mean) < 0.02)
    }

    @Test("Both roads to a crop give the same floats", arguments: Fixture.all)
    func roadsAgree(_ fixture: Fixture) throws {
        let image = try ImageDecoder().decode(fixture.bytes)
        for (size, crop) in [(8, ImageTransform.Crop.centre), (31, .random), (70, .centre), (1, .random)] {
            let transform = ImageTransform(size: size, crop: crop, mean: [0, 0, 0], std: [1, 1, 1])
            let position = (x: 0.7, y: 0.2)
            let straight = try straightCrop(fixture.bytes, transform, position)
            #expect(straight == apply(transform, image, position), "size \(size)")
        }
    }

    @Test("A reduced JPEG is close to the whole one", arguments: [Fixture.baselineJPEG, .progressiveJPEG])
    func reduced(_ fixture: Fixture) throws {
        let transform = ImageTransform(size: 10, crop: .centre, mean: [0, 0, 0], std: [1, 1, 1])
        let exact = levels(try straightCrop(fixture.bytes, transform, (0, 0)))
        let decoder = ImageDecoder(reduction: .keeping(factor: 2))
        var differences = Differences()
        differences.add(levels(try straightCrop(fixture.bytes, transform, (0, 0), decoder: decoder)), exact)
        #expect(differences.maximum > 0, "nothing was reduced")
        #expect(differences.mean < 8, "\(differences)")
    }

    @Test(
        "The denominator keeps the asked size",
        arguments: [
            (JPEGReduction.none, 4000, 224, 1), (.keeping(factor: 1), 4000, 224, 8),
            (.keeping(factor: 1), 1000, 224, 4),
            (.keeping(factor: 2), 1000, 224, 2), (.keeping(factor: 2), 895, 224, 1),
            (.keeping(factor: 0), 300, 224, 1),
        ])
    func denominator(_ reduction: JPEGReduction, _ source: Int, _ target: Int, _ expected: Int) {
        #expect(reduction.denominator(source: source, target: target) == expected)
    }
}
