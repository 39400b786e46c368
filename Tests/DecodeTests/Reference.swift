import Foundation
import TestSupport

/// What Pillow and torchvision make of pictures, asked live through `scripts/decode-reference`.
struct Reference {
    /// One picture of the reference's manifest.
    struct Entry: Decodable {
        let name: String
        let path: String
        let kind: String
        let error: String?
        let width: Int?
        let height: Int?
        let position: [Double]?
        let cropped: Bool?
    }

    /// The manifest as a whole.
    private struct Manifest: Decodable {
        let peers: String
        let entries: [Entry]
    }

    /// Names and versions of what was asked.
    let peers: String
    let entries: [Entry]
    private let folder: TemporaryFolder

    /// A Python with Pillow, as `scripts/setup-test-python` makes it; tests without it are skipped.
    static let python = ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"]

    /// Asks for variants of real pictures in all formats.
    init() throws {
        folder = try TemporaryFolder("decode-reference")
        let repository = URL(fileURLWithPath: #filePath).appending(path: "../../..").standardizedFileURL
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python ?? "python3")
        process.arguments = [
            repository.appending(path: "scripts/decode-reference").path, "make", folder.path,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        let json = try Data(contentsOf: URL(fileURLWithPath: folder.file("manifest.json")))
        let manifest = try JSONDecoder().decode(Manifest.self, from: json)
        peers = manifest.peers
        entries = manifest.entries
    }

    /// The decoded picture.
    func pixels(of entry: Entry) throws -> [UInt8] { try bytes(entry.name + ".rgb") }

    /// The 224 × 224 crop, three planes.
    func crop(of entry: Entry) throws -> [UInt8] { try bytes(entry.name + ".crop") }

    private func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }
}

/// The bytes of a file.
func fileBytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
}
