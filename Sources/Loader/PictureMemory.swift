internal import Synchronization

/// The memory of one batch's pictures; it goes back to its pool when the last batch that shares it goes.
///
/// `@unchecked Sendable`: workers write disjoint rows before the batch is delivered, afterwards it is only read.
final class PictureMemory: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
    private weak let pool: PicturePool?

    fileprivate init(_ bytes: UnsafeMutableRawBufferPointer, pool: PicturePool?) {
        self.bytes = bytes
        self.pool = pool
    }

    /// Memory that no pool waits for.
    convenience init(copying bytes: UnsafeRawBufferPointer) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
        memory.copyMemory(from: bytes)
        self.init(memory, pool: nil)
    }

    deinit {
        if let pool { pool.takeBack(bytes) } else { bytes.deallocate() }
    }
}

/// Memory for the pictures of one run, used again from batch to batch: fresh memory costs a page fault for every
/// 4 KiB, which took an eighth of a loader's time. What is out keeps no pool alive, so a run that ends frees it.
final class PicturePool: Sendable {
    private struct Spare: @unchecked Sendable {
        let bytes: UnsafeMutableRawBufferPointer
    }

    private let byteCount: Int
    private let capacity: Int
    private let spares = Mutex<[Spare]>([])

    /// A pool of pieces of one size, of which at most `capacity` lie idle.
    init(byteCount: Int, capacity: Int) {
        self.byteCount = byteCount
        self.capacity = capacity
    }

    deinit { spares.withLock { for spare in $0 { spare.bytes.deallocate() } } }

    /// Pieces that lie idle.
    var spareCount: Int { spares.withLock { $0.count } }

    /// A piece of any content.
    func take() -> PictureMemory {
        let spare = spares.withLock { $0.popLast() }
        return PictureMemory(
            spare?.bytes ?? .allocate(byteCount: byteCount, alignment: 64), pool: self)
    }

    fileprivate func takeBack(_ bytes: UnsafeMutableRawBufferPointer) {
        let spare = Spare(bytes: bytes)
        let isKept = spares.withLock { spares in
            guard spares.count < capacity else { return false }
            spares.append(spare)
            return true
        }
        if !isKept { bytes.deallocate() }
    }
}
