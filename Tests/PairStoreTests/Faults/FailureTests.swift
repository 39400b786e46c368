import Foundation
import PairStore
import Synchronization
import TestSupport
import Testing

/// Every operation fails once: the error is reported, nothing acknowledged is lost, and the work can go on.
@Suite struct FailureTests {
    enum Fault: String, CaseIterable, Sendable {
        case inputOutput, diskFull

        var number: Int32 { self == .diskFull ? ENOSPC : EIO }
    }

    /// Every how many-th operation fails in turn; a long run tries each.
    static var stride: Int { FaultRuns.isLong ? 1 : 41 }

    @Test(arguments: Fault.allCases, [false, true])
    func aFailureAnywhereLosesNothing(fault: Fault, persists: Bool) throws {
        let workload = Workload(seed: 11, batches: 6)
        let total = try Self.countOperations(workload)
        #expect(total > 100)
        var reported = 0
        var untold = Untold()
        for failing in Swift.stride(from: 1, through: total, by: Self.stride) {
            let folder = try TemporaryFolder("failure")
            let root = folder.file("store")
            let failure = FailingChange(failing, with: fault.number, persists: persists)
            let disk = Disk(root: root, failure.answer)
            var acknowledged = 0
            do {
                try workload.run(root, files: disk.files) { acknowledged = $0 }
                untold.add(failure.kind)
            } catch is StoreError {
                reported += 1
            }
            disk.stop()
            let flaw = try workload.flaw(root, acknowledged: acknowledged)
            #expect(flaw == nil, "\(fault) at operation \(failing) of \(total), persists: \(persists)")
            try workload.run(root, from: Workload.commits(root))
            #expect(try Oracle(store: root) == workload.oracle(workload.batches.count))
        }
        FaultRuns.tell(
            "\(fault) in append\(persists ? ", persisting" : "")", (total + Self.stride - 1) / Self.stride,
            of: "changes, \(reported) reported\(untold.text)")
        untold.check()
        #expect(reported > 0)
    }

    /// A commit of many large pictures has the disk begin early; a failure then is one of the commit.
    @Test func aFailureToBeginEarlyIsTold() throws {
        let fixture = try StoreFixture(perQuery: 1000)
        let failures = Mutex(0)
        let disk = Disk(root: fixture.path) { operation in
            guard case .startWriting = operation else { return 0 }
            return failures.withLock { failures in
                failures += 1
                return failures == 1 ? EIO : 0
            }
        }
        defer { disk.stop() }
        let writer = try StoreFixture.writer(
            fixture.path, configuration: fixture.configuration, list: fixture.list, files: disk.files)
        for number in 0..<60 {
            var pair = StoreFixture.pair(url: number, image: number, text: "text \(number)", queries: [1])
            pair.image += [UInt8](repeating: UInt8(number), count: 200 << 10)
            try writer.append(pair)
        }
        let error = #expect(throws: StoreError.self) { try writer.commit() }
        #expect(error?.code == .inputOutput)
        #expect(try writer.commit().kept == 60)
        try writer.close()
        #expect(failures.withLock { $0 } > 1)
        let report = try StoreVerifier.verify(fixture.path)
        #expect(report.isClean && report.pairs == 60)
    }

    private static func countOperations(_ workload: Workload) throws -> Int {
        let folder = try TemporaryFolder("failure")
        let count = Mutex(0)
        let disk = Disk(root: folder.file("store")) { operation in
            if operation.isChange { count.withLock { $0 += 1 } }
            return 0
        }
        defer { disk.stop() }
        try workload.run(folder.file("store"), files: disk.files)
        return count.withLock { $0 }
    }
}
