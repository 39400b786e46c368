internal import CResize

/// Working memory that decoding and resizing reuse from picture to picture: one for each thread.
///
/// It grows to what the largest picture so far needed and is freed with its owner.
public final class DecodeScratch {
    let resizer: OpaquePointer
    private var buffer: UnsafeMutableBufferPointer<UInt8>

    /// Starts empty.
    public init() {
        guard let made = cresize_new() else { fatalError("out of memory") }
        resizer = made
        buffer = .allocate(capacity: 0)
    }

    deinit {
        cresize_free(resizer)
        buffer.deallocate()
    }

    /// At least `count` bytes, of any content, valid until the next call.
    func bytes(_ count: Int) -> UnsafeMutableBufferPointer<UInt8> {
        if buffer.count < count {
            buffer.deallocate()
            buffer = .allocate(capacity: count)
        }
        return buffer
    }
}
