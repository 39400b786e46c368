@testable import CLIPTrain
import Foundation
import TestSupport
import Testing

@Suite @TensorActor struct SafetensorsTests {
    @Test(arguments: [ElementType.float32, .float64, .bfloat16, .float16, .int64])
    func tensorsComeBackAsTheyWent(type: ElementType) throws {
        let folder = try TemporaryFolder()
        let tensors = try [("a", [3, 5]), ("empty", [0, 2]), ("scalar", []), ("z.b", [7])].enumerated().map {
            (name: $1.0, tensor: try random($1.1, seed: UInt64($0), scale: 100).converted(to: type))
        }
        let file = try DurableFile(creating: folder.file("x"))
        try Safetensors.write(tensors, to: file)
        try file.close()
        let reader = try SafetensorsReader(folder.file("x"))
        #expect(Set(reader.entries.keys) == ["a", "empty", "scalar", "z.b"])
        for (name, tensor) in tensors {
            let found = try reader.tensor(name)
            #expect(try found.bytes() == tensor.bytes() && found.shape == tensor.shape && found.type == type)
        }
        #expect(throws: CLIPTrainError.self) { try reader.tensor("missing") }
    }

    /// A file with that header over 16 bytes of data.
    private func file(_ header: String, length: UInt64? = nil, data: Int = 16) -> [UInt8] {
        let prefix = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Array($0) }
        return prefix + header.utf8 + Array(repeating: 0, count: data)
    }

    @Test(arguments: [
        #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,17]}}"#,
        #"{"a":{"dtype":"F32","shape":[5],"data_offsets":[0,16]}}"#,
        #"{"a":{"dtype":"F32","shape":[-4],"data_offsets":[0,-16]}}"#,
        #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
        #"{"a":{"dtype":"F33","shape":[4],"data_offsets":[0,16]}}"#,
        #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,32]}}"#,
        #"{"a":{"dtype":"F32","shape":[4]}}"#, #"[1]"#, #"{"a""#,
    ])
    func damagedHeadersAreRefused(header: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("x", file(header))
        let error = #expect(throws: CLIPTrainError.self) { try SafetensorsReader(path) }
        #expect(error?.description.contains(path) == true)
    }

    @Test func impossibleLengthsAreRefused() throws {
        let folder = try TemporaryFolder()
        for length in [UInt64.max, 1 << 62, 1000, 100_000_001] {
            let path = try folder.write("x", file("{}", length: length))
            #expect(throws: CLIPTrainError.self) { try SafetensorsReader(path) }
        }
        let short = try folder.write("short", [1, 2, 3])
        #expect(throws: CLIPTrainError.self) { try SafetensorsReader(short) }
        #expect(throws: CLIPTrainError.self) { try SafetensorsReader(folder.file("none")) }
    }

    @Test func otherProgramsMetadataIsAllowed() throws {
        let folder = try TemporaryFolder()
        let header =
            #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#
        let reader = try SafetensorsReader(folder.write("x", file(header)))
        #expect(try reader.tensor("a").values() == [0, 0, 0, 0])
    }

    @Test func aModelTakesOnlyItsOwnWeights() throws {
        let folder = try TemporaryFolder()
        let model = try CLIPModel(tinyModel())
        try model.allocate(seed: 1)
        func save(_ name: String, _ tensors: [(name: String, tensor: Tensor)]) throws -> String {
            let file = try DurableFile(creating: folder.file(name))
            try Safetensors.write(tensors, to: file)
            try file.close()
            return folder.file(name)
        }
        let all = model.parameters.map { (name: $0.name, tensor: $0.stored) }
        let missing = try save("missing", Array(all.dropLast()))
        let extra = try save("extra", all + [(name: "more", tensor: Tensor(shape: [1], type: .float32))])
        let half = try save(
            "half", all.map { (name: $0.name, tensor: try $0.tensor.converted(to: .float16)) })
        #expect(throws: CLIPTrainError.self) { try model.load(missing) }
        #expect(throws: CLIPTrainError.self) { try model.load(extra) }
        let other = try CLIPModel(tinyModel())
        try other.allocate(seed: 2)
        try other.load(half)
        for (a, b) in zip(other.parameters, model.parameters) {
            #expect(try distance(a.stored, b.stored) < 1e-2)
        }
    }

    /// Values of PyTorch's `interpolate(mode="bicubic", antialias=True, align_corners=False)` on 0, 1, 2, 3.
    @Test func gridsAreResizedAsPyTorchDoes() throws {
        let grid = try [0.0, 1, 2, 3].withUnsafeBytes {
            try Tensor(bytes: $0, shape: [4, 1], type: .float64)
        }
        let found = try grid.resizedGrid(from: 2, to: 3).values()
        let expected = [
            -0.197368421, 0.368421053, 0.934210526, 0.934210526, 1.500000000, 2.065789474, 2.065789474,
            2.631578947, 3.197368421,
        ]
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found)")
    }

    @Test func positionsOfAnotherGridAreResizedOnlyWhenAskedFor() throws {
        let folder = try TemporaryFolder()
        let small = try CLIPModel(tinyModel())
        try small.allocate(seed: 1)
        let file = try DurableFile(creating: folder.file("small"))
        try Safetensors.write(small.parameters.map { (name: $0.name, tensor: $0.stored) }, to: file)
        try file.close()
        var configuration = tinyModel()
        configuration.vision.imageSize = 32
        let large = try CLIPModel(configuration)
        try large.allocate(seed: 2)
        #expect(throws: CLIPTrainError.self) { try large.load(folder.file("small")) }
        try large.load(folder.file("small"), interpolating: true)
        func positions(_ model: CLIPModel) throws -> Tensor {
            try #require(model.parameters.first { $0.name == "visual.positional_embedding" }).stored
        }
        let (from, to) = try (positions(small), positions(large))
        #expect(to.shape == [65, 32])
        #expect(try distance(from.narrowed(0..<1), to.narrowed(0..<1)) == 0)
        let grid = try from.narrowed(1..<17).resizedGrid(from: 4, to: 8)
        #expect(try distance(grid, to.narrowed(1..<65)) == 0)
    }
}
