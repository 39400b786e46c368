internal import COpenSSL
internal import Synchronization

/// A SHA-256 value (FIPS 180-4): 32 bytes, ordered as unsigned big-endian bytes.
public struct SHA256Digest: Hashable, Sendable {
    /// The 32 bytes, most significant first.
    public let bytes: [UInt8]

    /// Wraps 32 bytes that were hashed elsewhere; `nil` for any other length.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits of either case; `nil` for anything else.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// Hashes a whole buffer.
    public init(of buffer: UnsafeRawBufferPointer) {
        var hasher = SHA256Hasher()
        hasher.update(buffer)
        self = hasher.finish()
    }

    /// Hashes an array as it lies.
    public init(of bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { SHA256Digest(of: $0) }
    }

    /// Hashes the bytes of a collection.
    public init(of data: some Sequence<UInt8>) {
        let contiguous = ContiguousArray(data)
        self = contiguous.withUnsafeBytes { SHA256Digest(of: $0) }
    }

    /// Hashes the UTF-8 of a text.
    public init(ofUTF8 text: String) {
        var text = text
        self = text.withUTF8 { SHA256Digest(of: UnsafeRawBufferPointer($0)) }
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }

    /// The first eight bytes as a big-endian number.
    public var firstWord: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}

extension SHA256Digest: CustomStringConvertible {
    /// The hexadecimal form.
    public var description: String { hex }
}

/// SHA-256 over data that arrives in pieces; the work is OpenSSL's.
public struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    /// Looked for once: `EVP_sha256()` makes every hash look for it anew, behind a lock, which for an address takes longer
    /// than hashing it. Threads may share it: nobody writes to it once it is found, and where there is none `init` says so.
    private nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    /// Contexts of hashes that have ended: for an address, making one takes longer than the hash.
    private static let idle = Mutex<[Context]>([])
    private static let mostIdle = 32

    /// Whoever takes a context out of `idle` has it alone.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Starts an empty hash.
    public init() {
        let known = Self.idle.withLock { $0.popLast()?.pointer }
        guard let context = known ?? EVP_MD_CTX_new(), EVP_DigestInit_ex(context, Self.algorithm, nil) == 1
        else {
            preconditionFailure("libcrypto cannot start SHA-256: out of memory or a broken installation")
        }
        self.context = context
    }

    /// Adds bytes.
    public mutating func update(_ buffer: UnsafeRawBufferPointer) {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return }
        EVP_DigestUpdate(context, base, buffer.count)
    }

    /// Adds the UTF-8 of a text.
    public mutating func update(utf8 text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// Ends the hash and gives its value.
    public consuming func finish() -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &bytes, nil)
        guard let digest = SHA256Digest(bytes: bytes) else { preconditionFailure("SHA-256 is 32 bytes") }
        return digest
    }

    deinit {
        let context = Context(pointer: context)
        let isKept = Self.idle.withLock { idle in
            guard idle.count < Self.mostIdle else { return false }
            idle.append(context)
            return true
        }
        if !isKept { EVP_MD_CTX_free(context.pointer) }
    }
}
