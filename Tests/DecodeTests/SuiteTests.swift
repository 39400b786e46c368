import Decode
import Digest
import Foundation
import Testing

/// Files that others wrote to break decoders: Pillow's test images, Go's, PngSuite; see
/// `scripts/fetch-decode-suites`.
@Suite("Suites of others", .enabled(if: SuiteFile.root != nil, "WIT_TEST_SUITES names no folder with suites"))
struct SuiteTests {
    @Test("Every file has its expected outcome")
    func outcomes() throws {
        let files = try SuiteFile.all()
        #expect(files.count > 700)
        for file in files {
            let outcome = outcome(try fileBytes(file.path))
            #expect(outcome == file.outcome, "\(file.name) \(file.note)")
        }
    }

    @Test("No file traps on the road to a crop, whole or cut")
    func crops() throws {
        let scratch = DecodeScratch()
        let transform = ImageTransform(size: 64, crop: .centre)
        let planes = UnsafeMutableBufferPointer<Float>.allocate(capacity: transform.outputCount)
        defer { planes.deallocate() }
        let decoder = ImageDecoder(limits: DecodeLimits(maxPixels: 4_000_000), acceptsDamaged: true)
        for file in try SuiteFile.all() {
            let bytes = try fileBytes(file.path)
            for share in [4, 2, 1] {
                Array(bytes[..<(bytes.count / share)]).withUnsafeBytes {
                    try? decoder.decode($0, transform: transform, into: planes, scratch: scratch)
                }
            }
        }
    }

    private func outcome(_ bytes: [UInt8]) -> String {
        do throws(DecodeError) {
            let image = try ImageDecoder().decode(bytes)
            let digest = image.pixels.withUnsafeBytes { SHA256Digest(of: $0) }
            return "\(image.width)x\(image.height) \(digest.hex.prefix(16))"
        } catch {
            return error.code.rawValue
        }
    }
}

/// One row of the table of outcomes.
struct SuiteFile {
    let name: String
    let path: String
    let outcome: String
    let note: String

    /// The cache folder's `decode`, where it has been fetched.
    static let root: String? = {
        guard let cache = ProcessInfo.processInfo.environment["WIT_TEST_SUITES"] else { return nil }
        return FileManager.default.fileExists(atPath: cache + "/decode/complete") ? cache + "/decode" : nil
    }()

    static func all() throws -> [SuiteFile] {
        let table = URL(fileURLWithPath: #filePath).appending(path: "../../Suites/decode-outcomes.tsv")
        return try String(contentsOf: table.standardizedFileURL, encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { line in
                let cells = line.split(separator: "\t").map(String.init)
                return SuiteFile(
                    name: cells[0], path: (root ?? "") + "/" + cells[0], outcome: cells[1],
                    note: cells.count > 2 ? cells[2] : "")
            }
    }
}
