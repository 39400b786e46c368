/// The end of a file that is not written yet: its bytes from a page's start on, in memory that is aligned like the file, so
/// that whole pages may go to the disk past the page cache.
///
/// What a page begins with may be in the file already; it is written again with what follows, as it is.
struct PageBuffer: ~Copyable {
    /// Pages of memory and of file systems; direct writes start and end on a multiple of it.
    static let pageSize = 4_096
    /// Bytes are written when so many wait. The processor's nearest caches hold them until then.
    private static let capacity = 1 << 20
    /// Fewer bytes at once are not worth a write of their own to the disk: the page cache gathers them.
    static let directBytes = 128 << 10

    private var memory: UnsafeMutableRawBufferPointer
    /// Takes turns with `memory`, so that one may be written while the other is filled.
    private var spare: UnsafeMutableRawBufferPointer
    /// Where in the file the memory begins: a multiple of the page size.
    private var base: Int64
    private var count: Int

    /// The end of a file of `length` bytes, the last of which `read` gives from a place on.
    init(length: Int64, read: (UnsafeMutableRawBufferPointer, _ offset: Int64) throws -> Void) throws {
        memory = .allocate(byteCount: Self.capacity, alignment: Self.pageSize)
        spare = .allocate(byteCount: Self.capacity, alignment: Self.pageSize)
        (base, count) = (0, 0)
        try reset(length: length, read: read)
    }

    deinit {
        memory.deallocate()
        spare.deallocate()
    }

    /// Where the next byte goes.
    var end: Int64 { base + Int64(count) }

    /// Starts over at the end of a file of `length` bytes.
    mutating func reset(
        length: Int64, read: (UnsafeMutableRawBufferPointer, _ offset: Int64) throws -> Void
    ) throws {
        count = Int(length % Int64(Self.pageSize))
        base = length - Int64(count)
        if count > 0 { try read(UnsafeMutableRawBufferPointer(rebasing: memory[..<count]), base) }
    }

    /// Adds bytes; each time the memory is full it is written. `write` may return before that is done: the bytes it was given
    /// stay as they are until it has returned from its next call.
    mutating func add(
        _ bytes: UnsafeRawBufferPointer, write: (UnsafeRawBufferPointer, _ offset: Int64) throws -> Void
    ) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(memory.count - count)
            UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: piece))
            count += piece.count
            rest = rest.dropFirst(piece.count)
            if count == memory.count {
                try write(UnsafeRawBufferPointer(memory), base)
                swap(&memory, &spare)
                base += Int64(count)
                count = 0
            }
        }
    }

    /// Writes what waits, and keeps the last page as far as it goes. `write` must be done when it returns.
    mutating func flush(_ write: (UnsafeRawBufferPointer, _ offset: Int64) throws -> Void) throws {
        guard count > 0 else { return }
        try write(UnsafeRawBufferPointer(rebasing: memory[..<count]), base)
        let whole = count & ~(Self.pageSize - 1)
        memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[whole..<count]))
        base += Int64(whole)
        count -= whole
    }
}
