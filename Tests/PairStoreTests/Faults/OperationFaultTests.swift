import Foundation
import PairStore
import QueryBank
import Synchronization
import TestSupport
import Testing

/// Operations that fail, are killed or lose power at any single change they make to a file, and are run again.
struct OperationScene: Sendable {
    enum Operation: String, CaseIterable, Sendable { case remove, compact, merge, repair }

    let operation: Operation
    /// A folder with the store `store` and, for a merge, its source `other`.
    let root: String
    private let workload = Workload(seed: 3, batches: 5)
    private let otherWorkload: Workload

    init(_ operation: Operation, root: String) {
        (self.operation, self.root) = (operation, root)
        otherWorkload = Workload(seed: 4, batches: 4, like: workload)
    }

    var store: String { root + "/store" }
    private var other: String { root + "/other" }
    private static let date = Date(timeIntervalSince1970: 1_700_000_000)

    /// Makes the stores that the operation works on.
    func prepare() throws {
        try workload.run(store)
        switch operation {
        case .remove: break
        case .compact: try remove(PosixFiles())
        case .merge: try otherWorkload.run(other)
        case .repair:
            try FileManager.default.removeItem(atPath: store + "/catalogue.sqlite")
            let shard = store + "/shards/000000.tar"
            var bytes = try Data(contentsOf: URL(fileURLWithPath: shard))
            bytes[700] ^= 1
            try bytes.write(to: URL(fileURLWithPath: shard))
        }
    }

    func run(_ files: any FileLayer) throws {
        switch operation {
        case .remove: try remove(files)
        case .compact: _ = try StoreMaintenance.compact(store, files: files)
        case .merge: _ = try StoreMerger.merge([other], into: store, at: Self.date, files: files)
        case .repair:
            _ = try StoreRepairer.repair(
                store, list: { workload.list }, at: Self.date, files: files)
        }
    }

    private func remove(_ files: any FileLayer) throws {
        _ = try StoreMaintenance.remove(store, [Removal(.host, "host1.example")], at: Self.date, files: files)
    }

    /// What must hold once the operation has come to its end, however often it was cut short.
    func result() throws -> Oracle {
        let report = try StoreVerifier.verify(store)
        #expect(report.isClean, "\(operation): \(report)")
        return try Oracle(store: store)
    }
}

@Suite struct OperationFaultTests {
    /// The changes that an operation makes, and the set that it ends with.
    private func undisturbed(_ operation: OperationScene.Operation) throws -> (changes: Int, set: Oracle) {
        let folder = try TemporaryFolder("operation")
        let scene = OperationScene(operation, root: folder.file("root"))
        try scene.prepare()
        let count = Mutex(0)
        let disk = Disk(root: scene.store) { seen in
            if seen.isChange { count.withLock { $0 += 1 } }
            return 0
        }
        defer { disk.stop() }
        try scene.run(disk.files)
        return (count.withLock { $0 }, try scene.result())
    }

    /// Which changes are tried: all in a long run, else some spread over all.
    private func places(_ total: Int) -> [Int] {
        Array(stride(from: 1, through: total, by: FaultRuns.isLong ? 1 : max(1, total / 6)))
    }

    @Test(arguments: OperationScene.Operation.allCases, FailureTests.Fault.allCases)
    func aFailureAnywhereIsReportedAndRunAgain(
        operation: OperationScene.Operation, fault: FailureTests.Fault
    ) throws {
        let (total, expected) = try undisturbed(operation)
        #expect(total > 10)
        let prepared = try TemporaryFolder("operation")
        try OperationScene(operation, root: prepared.file("root")).prepare()
        var reported = 0
        var untold = Untold()
        for place in places(total) {
            let folder = try TemporaryFolder("operation")
            let scene = OperationScene(operation, root: folder.file("root"))
            try FileManager.default.copyItem(atPath: prepared.file("root"), toPath: scene.root)
            let failure = FailingChange(place, with: fault.number)
            let disk = Disk(root: scene.store, failure.answer)
            do {
                try scene.run(disk.files)
                untold.add(failure.kind)
            } catch let error as StoreError {
                reported += 1
                #expect(!error.description.isEmpty)
            }
            disk.stop()
            try scene.run(PosixFiles())
            #expect(try scene.result() == expected, "\(operation), \(fault) at change \(place) of \(total)")
        }
        FaultRuns.tell(
            "\(fault) in \(operation)", places(total).count, of: "changes, \(reported) reported\(untold.text)"
        )
        untold.check()
        #expect(reported > 0)
    }

    @Test(arguments: OperationScene.Operation.allCases)
    func aPowerCutAnywhereIsRunAgain(operation: OperationScene.Operation) throws {
        let (_, expected) = try undisturbed(operation)
        let folder = try TemporaryFolder("operation")
        let scene = OperationScene(operation, root: folder.file("root"))
        try scene.prepare()
        let before = folder.file("before")
        try FileManager.default.copyItem(atPath: scene.root, toPath: before)
        let operations = Mutex<[DiskOperation]>([])
        let disk = Disk(root: scene.store) { seen in
            operations.withLock { $0.append(seen) }
            return 0
        }
        try scene.run(disk.files)
        disk.stop()
        let recorded = operations.withLock { $0.filter { if case .read = $0 { false } else { true } } }
        var generator = SeededGenerator(seed: 5)
        let cuts = max(4, FaultRuns.count / 4)
        for round in 0..<cuts {
            let cut = Int.random(in: 0...recorded.count, using: &generator)
            var loss = try PowerLoss(holding: before + "/store", as: scene.store)
            loss.apply(recorded.prefix(cut))
            let copy = OperationScene(operation, root: folder.file("cut\(round)"))
            try FileManager.default.copyItem(atPath: before, toPath: copy.root)
            try FileManager.default.removeItem(atPath: copy.store)
            try loss.materialise(from: scene.store, to: copy.store, using: &generator)
            try copy.run(PosixFiles())
            #expect(try copy.result() == expected, "\(operation), power cut before change \(cut)")
            try FileManager.default.removeItem(atPath: copy.root)
        }
        FaultRuns.tell("power cut in \(operation)", cuts, of: "cuts")
    }

    @Test(arguments: OperationScene.Operation.allCases)
    func aKillAnywhereIsRunAgain(operation: OperationScene.Operation) async throws {
        let (total, expected) = try undisturbed(operation)
        let prepared = try TemporaryFolder("operation")
        try OperationScene(operation, root: prepared.file("root")).prepare()
        var generator = SeededGenerator(seed: 6)
        let kills = max(2, FaultRuns.count / 10)
        for _ in 0..<kills {
            let folder = try TemporaryFolder("operation")
            let root = folder.file("root")
            try FileManager.default.copyItem(atPath: prepared.file("root"), toPath: root)
            let place = Int.random(in: 1...total, using: &generator)
            let name = operation.rawValue
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [name = name as String, root = root as String, place = place as Int] in
                try OperationFaultTests.dieMidway(name, root, before: place)
            }
            let scene = OperationScene(operation, root: root)
            try scene.run(PosixFiles())
            #expect(try scene.result() == expected, "\(operation), killed before change \(place) of \(total)")
        }
        FaultRuns.tell("SIGKILL in \(operation)", kills, of: "kills")
    }

    static func dieMidway(_ name: String, _ root: String, before place: Int) throws {
        guard let operation = OperationScene.Operation(rawValue: name) else { return }
        let scene = OperationScene(operation, root: root)
        let count = Mutex(0)
        let disk = Disk(root: scene.store) { seen in
            guard seen.isChange else { return 0 }
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == place { kill(getpid(), SIGKILL) }
            return 0
        }
        try scene.run(disk.files)
        kill(getpid(), SIGKILL)
    }
}
