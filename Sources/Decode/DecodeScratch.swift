internal import CResize
private import Synchronization

/// Working memory that decoding and resizing reuse from picture to picture: one for each thread.
///
/// It grows to what the largest picture so far needed and is freed with its owner.
public final class DecodeScratch {
    let resizer: OpaquePointer
    private var buffer: UnsafeMutableBufferPointer<UInt8>
    private var values: UnsafeMutableBufferPointer<Float>

    /// Starts empty.
    public init() {
        guard let made = cresize_new() else { fatalError("out of memory") }
        resizer = made
        buffer = .allocate(capacity: 0)
        values = .allocate(capacity: 0)
    }

    deinit {
        cresize_free(resizer)
        buffer.deallocate()
        values.deallocate()
    }

    /// Starts a resize; gives the source columns and rows that it must be given.
    func begin(_ x: cresize_axis, _ y: cresize_axis) -> (columns: Range<Int>, rows: Range<Int>) {
        // The buffers are some rows of the picture at most: without them nothing else would run either.
        guard cresize_begin(resizer, x, y) == 0 else { fatalError("out of memory") }
        return (Range(cresize_columns(resizer)), Range(cresize_rows(resizer)))
    }

    /// At least `count` bytes, of any content, valid until the next call.
    func bytes(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
        if buffer.count < count {
            buffer.deallocate()
            buffer = .allocate(capacity: count)
        }
        return buffer
    }

    /// `count` floats, of any content, valid until the next call.
    func floats(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
        if values.count < count {
            values.deallocate()
            values = .allocate(capacity: count)
        }
        return UnsafeMutableBufferPointer(rebasing: values[..<count])
    }
}

/// Scratches that threads borrow: as many as were ever borrowed at once.
public final class DecodeScratchPool: Sendable {
    /// A scratch that nobody uses. Unchecked because only one borrower at a time takes it out of `free`, under its lock.
    private struct Free: @unchecked Sendable {
        let scratch: DecodeScratch
    }

    private let free = Mutex<[Free]>([])

    /// Starts empty.
    public init() {}

    /// Lends a scratch for the time of a call.
    public func withScratch<Value, Failure: Error>(
        _ body: (DecodeScratch) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let borrowed = free.withLock { $0.popLast() } ?? Free(scratch: DecodeScratch())
        defer { free.withLock { $0.append(borrowed) } }
        return try body(borrowed.scratch)
    }
}

extension Range<Int> {
    fileprivate init(_ span: cresize_span) {
        self = Int(span.first)..<Int(span.first) + Int(span.count)
    }
}
