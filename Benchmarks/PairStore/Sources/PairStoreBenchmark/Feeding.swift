import Foundation
import PairStore
import Synchronization

extension StoreWriter {
    /// Takes pairs in: one thread appends while this one commits, whenever `isTime` says so and at the end.
    ///
    /// - Returns: how many commits it took.
    @discardableResult
    func take(_ pairs: [NewPair], when isTime: () -> Bool) throws -> Int {
        let isDone = Atomic(false)
        let failure = Mutex<(any Error)?>(nil)
        Thread {
            do {
                for pair in pairs {
                    while self.needsCommit { usleep(100) }
                    try self.append(pair)
                }
            } catch {
                failure.withLock { $0 = error }
            }
            isDone.store(true, ordering: .releasing)
        }.start()
        var commits = 1
        while !isDone.load(ordering: .acquiring) {
            if isTime() {
                try commit()
                commits += 1
            } else {
                usleep(100)
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        try commit()
        return commits
    }
}
