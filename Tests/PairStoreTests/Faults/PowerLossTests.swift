import Foundation
import PairStore
import Synchronization
import TestSupport
import Testing

@Suite struct PowerLossTests {
    /// Power cuts tried for each recorded run.
    static var cuts: Int { FaultRuns.count / 2 }

    @Test(arguments: 0..<2) func acknowledgedCommitsSurviveAnyCut(seed: UInt64) throws {
        let folder = try TemporaryFolder("powerloss")
        let root = folder.file("store")
        let workload = Workload(seed: seed)
        let operations = Mutex<[DiskOperation]>([])
        let disk = Disk(root: root) { operation in
            operations.withLock { $0.append(operation) }
            return 0
        }
        try workload.run(root, files: disk.files) { count in
            operations.withLock { $0.append(.acknowledged(count: count)) }
        }
        disk.stop()
        let recorded = operations.withLock { $0.filter { if case .read = $0 { false } else { true } } }
        #expect(recorded.count > 200)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<Self.cuts {
            let cut = Int.random(in: 0...recorded.count, using: &generator)
            let loss = PowerLoss(recorded.prefix(cut))
            let copy = folder.file("cut\(round)")
            try loss.materialise(from: root, to: copy, using: &generator)
            let flaw = try workload.flaw(copy, acknowledged: loss.acknowledged)
            #expect(
                flaw == nil, "seed \(seed), power cut \(round) before operation \(cut) of \(recorded.count)")
            try workload.run(copy, from: Workload.commits(copy))
            #expect(try Oracle(store: copy) == workload.oracle(workload.batches.count))
            try FileManager.default.removeItem(atPath: copy)
        }
        FaultRuns.tell("power cut in append", Self.cuts, of: "cuts")
    }
}
