import Foundation

/// The layout of a `.safetensors` file: 8 bytes of header length (little-endian), a JSON header, then the tensors.
enum Safetensors {
    /// Where one tensor lies.
    struct Entry: Codable, Sendable, Equatable {
        var dtype: String
        var shape: [Int]
        /// Begin and end, from the end of the header on.
        var data_offsets: [Int]
    }

    /// The format's own limit on the header.
    static let largestHeader = 100_000_000

    /// Writes tensors in the order given, one in memory at a time.
    @TensorActor
    static func write(_ tensors: [(name: String, tensor: Tensor)], to file: DurableFile) throws {
        var entries: [String: Entry] = [:]
        var end = 0
        for (name, tensor) in tensors {
            let begin = end
            end += tensor.count * tensor.type.size
            entries[name] = Entry(
                dtype: tensor.type.rawValue, shape: tensor.shape, data_offsets: [begin, end])
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var header = try encoder.encode(entries)
        // Readers map the file; the tensors should start where any element may.
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -header.count & 7))
        try file.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
        try file.write([UInt8](header))
        for (_, tensor) in tensors { try file.write(tensor.bytes()) }
    }
}

/// An open `.safetensors` file, its header read and checked; tensors are read when asked for.
final class SafetensorsReader {
    /// Entries by name.
    let entries: [String: Safetensors.Entry]
    private let path: String
    private let file: FileHandle
    private let dataStart: UInt64

    /// Opens a file and checks that its header is sound: known types, shapes that fill the stated bytes, and no byte
    /// outside the file.
    init(_ path: String) throws {
        self.path = path
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CLIPTrainError(.file, "cannot open \(path)")
        }
        self.file = file
        let size = try file.seekToEnd()
        try file.seek(toOffset: 0)
        guard let prefix = try file.read(upToCount: 8), prefix.count == 8 else {
            throw Self.damaged(path, "it is empty")
        }
        let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Safetensors.largestHeader, 8 + length <= size,
            let header = try file.read(upToCount: Int(length)), header.count == length
        else { throw Self.damaged(path, "its header's length is \(length)") }
        dataStart = 8 + length
        entries = try Self.parse(header, dataSize: Int(size - dataStart), path)
    }

    private static func parse(_ header: Data, dataSize: Int, _ path: String) throws -> [String: Safetensors
        .Entry]
    {
        guard var object = try? JSONSerialization.jsonObject(with: header) as? [String: Any] else {
            throw damaged(path, "its header is not a JSON object")
        }
        object["__metadata__"] = nil
        let plain = try JSONSerialization.data(withJSONObject: object)
        guard let entries = try? JSONDecoder().decode([String: Safetensors.Entry].self, from: plain) else {
            throw damaged(path, "its header does not describe tensors")
        }
        for (name, entry) in entries {
            guard let type = ElementType(rawValue: entry.dtype) else {
                throw damaged(path, "\(name) has the unknown type \(entry.dtype)")
            }
            var bytes = type.size
            for size in entry.shape {
                let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
                guard size >= 0, !overflow else { throw damaged(path, "\(name) has an impossible shape") }
                bytes = product
            }
            let offsets = entry.data_offsets
            guard offsets.count == 2, offsets[0] >= 0, offsets[1] <= dataSize,
                offsets[1] - offsets[0] == bytes
            else { throw damaged(path, "\(name) does not lie within the file") }
        }
        return entries
    }

    private static func damaged(_ path: String, _ reason: String) -> CLIPTrainError {
        CLIPTrainError(.checkpoint, "\(path) is not a whole safetensors file: \(reason)")
    }

    /// Reads one tensor.
    @TensorActor
    func tensor(_ name: String) throws -> Tensor {
        guard let entry = entries[name], let type = ElementType(rawValue: entry.dtype) else {
            throw CLIPTrainError(.checkpoint, "\(path) has no tensor \(name)")
        }
        let count = entry.data_offsets[1] - entry.data_offsets[0]
        try file.seek(toOffset: dataStart + UInt64(entry.data_offsets[0]))
        let data = count == 0 ? Data() : try file.read(upToCount: count) ?? Data()
        guard data.count == count else { throw Self.damaged(path, "\(name) is cut short") }
        return try data.withUnsafeBytes { try Tensor(bytes: $0, shape: entry.shape, type: type) }
    }
}
