import Decode
import Foundation
import TestSupport
import Testing

@testable import Loader

struct BatchWriterTests {
    @Test("Headers end at a multiple of 64 bytes and say type and shape")
    func header() {
        for shape in [[1], [64], [64, 77], [256, 3, 224, 224], [123_456_789, 3, 1_024, 1_024]] {
            let header = BatchWriter.header("<f4", shape)
            #expect(header.count.isMultiple(of: 64))
            #expect(Array(header.prefix(8)) == [0x93] + Array("NUMPY".utf8) + [1, 0])
            #expect(header.last == UInt8(ascii: "\n"))
            #expect(Int(header[8]) + Int(header[9]) << 8 == header.count - 10)
        }
        let text = String(decoding: BatchWriter.header("<f4", [2, 3]).dropFirst(10), as: UTF8.self)
        #expect(text.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }"))
    }

    @Test("Files hold one array each, a pipe all of them in turn")
    func files() throws {
        let folder = try TemporaryFolder("npy")
        let batch = batch(images: ContiguousArray(repeating: 0.5, count: 3 * 4), size: 2)
        let written = try BatchWriter(.folder(folder.file("out"))).write(batch)
        let names = ["images", "tokens", "lengths", "keys"]
        let files = names.map {
            FileManager.default.contents(atPath: folder.file("out/002-000005.\($0).npy")) ?? Data()
        }
        #expect(files.map(\.count).reduce(0, +) == written)
        try folder.write("pipe", [])
        let pipe = try #require(FileHandle(forWritingAtPath: folder.file("pipe")))
        try BatchWriter(.descriptor(pipe.fileDescriptor)).write(batch)
        #expect(FileManager.default.contents(atPath: folder.file("pipe")) == files.reduce(Data(), +))
        #expect(files[3].suffix(3) == Data("key".utf8))
    }

    @Test(
        "Every format is streamed, and written under numpy's name for it",
        arguments: [(PixelFormat.float16, "<f2"), (.bfloat16, "<u2"), (.uint8, "|u1")])
    func formats(format: PixelFormat, numpyType: String) async throws {
        let shards = try Shards([5], pictures: Picture.real)
        func batch(_ pixels: PixelFormat) async throws -> Batch {
            var configuration = LoaderConfiguration(sources: [.tars(shards.pattern)], batchSize: 5)
            (configuration.imageSize, configuration.pixels) = (24, pixels)
            let loader = try Loader(configuration, tokenizer: try tokenizer())
            return try #require(try await loader.epoch(0).first { _ in true })
        }
        let (narrow, floats) = (try await batch(format), try await batch(.float32).images.floats)
        #expect(narrow.images.format == format && narrow.images.count == floats.count)
        let read = narrow.images.withUnsafeBytes { bytes in
            floats.indices.map { index -> Float in
                switch format {
                case .float16: Float(bytes.loadUnaligned(fromByteOffset: index * 2, as: Float16.self))
                case .bfloat16:
                    Float(
                        bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
                            << 16)
                default: normalised(bytes[index], channel: index / (24 * 24) % 3)
                }
            }
        }
        // Eight bits of precision are the fewest.
        #expect(zip(read, floats).allSatisfy { abs($0 - $1) <= max(abs($1) / 256, 1e-6) })
        let folder = try TemporaryFolder("npy")
        try BatchWriter(.folder(folder.path)).write(narrow)
        let file = try #require(FileManager.default.contents(atPath: folder.file("000-000000.images.npy")))
        #expect(String(decoding: file.prefix(100), as: UTF8.self).contains("'descr': '\(numpyType)'"))
        #expect(file.count == 128 + floats.count * format.bytesPerValue)
    }

    private func normalised(_ level: UInt8, channel: Int) -> Float {
        (Float(level) / 255 - ImageTransform.clipMean[channel])
            / ImageTransform.clipStandardDeviation[channel]
    }

    @Test("A full disk is an error that names the file")
    func fullDisk() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        #expect {
            try BatchWriter(.descriptor(full.fileDescriptor)).write(batch(images: [], size: 0))
        } throws: { ($0 as? LoaderError)?.description.contains("No space left") == true }
    }

    private func batch(images: ContiguousArray<Float>, size: Int) -> Batch {
        var batch = Batch(
            images: images, imageSize: size, tokens: [49_406, 7, 49_407, 0], contextLength: 4, lengths: [3],
            keys: ["key"])
        batch.epoch = 2
        batch.index = 5
        return batch
    }
}
