internal import CBzip2
internal import Foundation

/// The bytes of a file in order, unpacked on the way when it is gzip or bzip2 (told by its first bytes).
///
/// Memory is bounded by the caller's buffer and the decoder's own tables (under 4 MiB). A bzip2 file may hold any
/// number of streams one after another, as Wikimedia's "multistream" dumps do.
final class ByteStream {
    private enum Backend: ~Copyable {
        case gzipOrPlain(GzipFile)
        case bzip2(BZip2File)
    }

    private let backend: Backend
    /// The size of the file as it lies on disk.
    let sizeOnDisk: Int64

    /// Opens a file for reading from its start.
    init(path: String) throws {
        guard let file = fopen(path, "rb") else {
            let reason = String(cString: strerror(errno))
            throw QueryBankError(.cannotRead, "\(path): cannot be read (\(reason)); check the path")
        }
        fseeko(file, 0, SEEK_END)
        sizeOnDisk = Int64(ftello(file))
        rewind(file)
        var magic: [UInt8] = [0, 0, 0]
        let count = fread(&magic, 1, 3, file)
        rewind(file)
        if count == 3, magic == Array("BZh".utf8) {
            backend = .bzip2(BZip2File(file, path: path))
        } else {
            fclose(file)
            backend = .gzipOrPlain(try GzipFile(path))
        }
    }

    /// How many bytes on disk have been used so far, for progress; `nil` where the decoder does not tell.
    var positionOnDisk: Int64? {
        switch backend {
        case .gzipOrPlain: nil
        case .bzip2(let file): file.position
        }
    }

    /// Fills as much of the buffer as there is; 0 means the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        switch backend {
        case .bzip2(let file): try file.read(into: buffer)
        case .gzipOrPlain(let file): try file.read(into: buffer)
        }
    }

    /// Hands on the bytes piece by piece; a piece is valid only during the call.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[0..<count]))
        }
    }
}

/// A bzip2 file of one stream or many.
private final class BZip2File {
    private let file: UnsafeMutablePointer<FILE>
    private let path: String
    private let input = UnsafeMutablePointer<CChar>.allocate(capacity: BZip2File.inputBytes)
    private let state = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
    private var isInStream = false
    private(set) var position: Int64 = 0
    private static let inputBytes = 1 << 17

    init(_ file: UnsafeMutablePointer<FILE>, path: String) {
        self.file = file
        self.path = path
        state.initialize(to: bz_stream())
    }

    deinit {
        if isInStream { BZ2_bzDecompressEnd(state) }
        state.deallocate()
        input.deallocate()
        fclose(file)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        state.pointee.next_out = base.assumingMemoryBound(to: CChar.self)
        state.pointee.avail_out = UInt32(clamping: buffer.count)
        let wanted = Int(state.pointee.avail_out)
        while state.pointee.avail_out > 0 {
            if state.pointee.avail_in == 0, !refill() {
                guard !isInStream else { throw damaged("ends inside a bzip2 stream") }
                break
            }
            try step()
        }
        return wanted - Int(state.pointee.avail_out)
    }

    private func refill() -> Bool {
        let count = fread(input, 1, Self.inputBytes, file)
        position += Int64(count)
        state.pointee.next_in = input
        state.pointee.avail_in = UInt32(count)
        return count > 0
    }

    private func step() throws {
        if !isInStream {
            guard BZ2_bzDecompressInit(state, 0, 0) == BZ_OK else {
                throw damaged("no memory for bzip2's tables")
            }
            isInStream = true
        }
        switch BZ2_bzDecompress(state) {
        case BZ_OK: break
        case BZ_STREAM_END:
            BZ2_bzDecompressEnd(state)
            isInStream = false
        default: throw damaged("not bzip2 near byte \(position)")
        }
    }

    private func damaged(_ what: String) -> QueryBankError {
        QueryBankError(.badFormat, "\(path): \(what); fetch it again")
    }
}
