internal import Decode
import Foundation

/// Writes batches as numpy arrays (`.npy` format 1.0), for programs in other languages.
///
/// A batch is four arrays: `images` (N×3×S×S: `<f4`, `<f2`, `|u1`, or `<u2` for bfloat16, which numpy does not know),
/// `tokens` (N×context, `<i4`), `lengths` (N, `<i4`) and `keys` (N, byte strings). In a folder they are the files
/// `EPOCH-BATCH.images.npy` and so on. On a pipe they follow one another, batch after batch until the pipe closes:
/// `numpy.lib.format.read_array` reads each.
public struct BatchWriter: Sendable {
    /// Where batches go.
    public enum Destination: Sendable, Equatable {
        /// A folder, made if it does not exist.
        case folder(String)
        /// An open pipe or file; it stays open.
        case descriptor(Int32)
    }

    private let destination: Destination

    /// Prepares the destination.
    ///
    /// - Throws: `LoaderError` if the folder cannot be made.
    public init(_ destination: Destination) throws {
        self.destination = destination
        guard case .folder(let path) = destination else { return }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw LoaderError(.cannotWrite, "\(path) cannot be made: \(error.localizedDescription)")
        }
    }

    /// Writes one batch. Blocks while the reader of a pipe is slow.
    ///
    /// - Returns: The bytes written.
    /// - Throws: `LoaderError` on a full disk, a closed pipe (where SIGPIPE is ignored), or a batch of undecoded bytes.
    @discardableResult
    public func write(_ batch: Batch) throws -> Int {
        guard batch.encoded.isEmpty else {
            throw LoaderError(.cannotWrite, "undecoded bytes have no array form: ask for pairs or texts")
        }
        var written = 0
        let side = batch.imageSize
        if side > 0 {
            written += try batch.images.withUnsafeBytes {
                try write(
                    "images", batch.images.format.numpyType, [batch.count, 3, side, side], $0, of: batch)
            }
        }
        written += try batch.tokens.withUnsafeBytes {
            try write("tokens", "<i4", [batch.count, batch.contextLength], $0, of: batch)
        }
        written += try batch.lengths.withUnsafeBytes {
            try write("lengths", "<i4", [batch.count], $0, of: batch)
        }
        let width = max(1, batch.keys.map(\.utf8.count).max() ?? 1)
        let keys = batch.keys.flatMap { key in
            Array(key.utf8) + Array(repeating: 0, count: width - key.utf8.count)
        }
        written += try keys.withUnsafeBytes { try write("keys", "|S\(width)", [batch.count], $0, of: batch) }
        return written
    }

    private func write(
        _ name: String, _ type: String, _ shape: [Int], _ bytes: UnsafeRawBufferPointer, of batch: Batch
    ) throws -> Int {
        let header = Self.header(type, shape)
        switch destination {
        case .descriptor(let descriptor):
            try header.withUnsafeBytes { try Self.writeAll($0, to: descriptor, named: "the pipe") }
            try Self.writeAll(bytes, to: descriptor, named: "the pipe")
        case .folder(let folder):
            let path = folder + String(format: "/%03d-%06d.", batch.epoch, batch.index) + name + ".npy"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw Self.failure(path) }
            defer { close(descriptor) }
            try header.withUnsafeBytes { try Self.writeAll($0, to: descriptor, named: path) }
            try Self.writeAll(bytes, to: descriptor, named: path)
        }
        return header.count + bytes.count
    }

    /// Magic, version 1.0, length, and a Python dictionary padded so that the data starts at a multiple of 64 bytes.
    static func header(_ type: String, _ shape: [Int]) -> [UInt8] {
        let sizes = shape.map { "\($0)," }.joined(separator: " ")
        let dictionary = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
        let length = (10 + dictionary.utf8.count + 1 + 63) / 64 * 64 - 10
        let padding = String(repeating: " ", count: length - dictionary.utf8.count - 1)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
            + Array((dictionary + padding + "\n").utf8)
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, named name: String)
        throws
    {
        var rest = bytes
        while let base = rest.baseAddress, rest.count > 0 {
            let count = Foundation.write(descriptor, base, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure(name) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    private static func failure(_ name: String) -> LoaderError {
        errno == EPIPE
            ? LoaderError(.cannotWrite, "the reader of the pipe has gone: nothing more is written")
            : LoaderError(.cannotWrite, "\(name) cannot be written: \(String(cString: strerror(errno)))")
    }
}

extension PixelFormat {
    /// The type's name in a `.npy` header; bfloat16 has none and goes as plain bits.
    fileprivate var numpyType: String {
        switch self {
        case .float32: "<f4"
        case .float16: "<f2"
        case .bfloat16: "<u2"
        case .uint8: "|u1"
        }
    }
}
