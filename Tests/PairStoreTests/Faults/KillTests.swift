import Foundation
import PairStore
import Synchronization
import TestSupport
import Testing

/// SIGKILL at random points of the write path, in a process of its own.
@Suite(.serialized) struct KillTests {
    /// Stores that are made; each is killed three times on its way.
    static var runs: Int { (FaultRuns.count + 2) / 3 }

    @Test func acknowledgedCommitsSurviveSIGKILL() async throws {
        var generator = SeededGenerator(seed: 99)
        var midway = 0
        for run in 0..<Self.runs {
            let folder = try TemporaryFolder("kill")
            let store = folder.file("store")
            let acknowledgements = try folder.write("acknowledged", [])
            let seed = UInt64(run)
            // Three kills in a row on one store, each before a random operation.
            for _ in 0..<3 {
                let operation = Int.random(in: 1...220, using: &generator)
                let result = await #expect(processExitsWith: .signal(SIGKILL)) {
                    [
                        store = store as String, acknowledgements = acknowledgements as String,
                        seed = seed as UInt64,
                        operation = operation as Int
                    ] in
                    try KillTests.dieMidway(store, acknowledgements, seed, before: operation)
                }
                guard result != nil else { return }
                let acknowledged = try Self.acknowledged(acknowledgements)
                let flaw = try Workload(seed: seed).flaw(store, acknowledged: acknowledged)
                #expect(flaw == nil, "run \(run), killed before operation \(operation)")
                if acknowledged > 0 && acknowledged < 12 { midway += 1 }
            }
            let workload = Workload(seed: seed)
            try workload.run(store, from: Workload.commits(store))
            #expect(try Oracle(store: store) == workload.oracle(workload.batches.count))
        }
        FaultRuns.tell("SIGKILL in append", Self.runs * 3, of: "kills, \(midway) midway")
        #expect(midway > Self.runs / 2, "most kills should come between the first and the last commit")
    }

    private static func acknowledged(_ path: String) throws -> Int {
        try Int(FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64 ?? 0)
    }

    /// The child: works until the operation, then dies; the length of a file says how much was acknowledged.
    static func dieMidway(
        _ store: String, _ acknowledgements: String, _ seed: UInt64, before operation: Int
    ) throws {
        let count = Mutex(0)
        let disk = Disk(root: store) { seen in
            guard seen.isChange else { return 0 }
            if count.withLock({
                $0 += 1; return $0
            }) == operation {
                kill(getpid(), SIGKILL)
            }
            return 0
        }
        let isThere = FileManager.default.fileExists(atPath: store + "/store.json")
        let start = isThere ? try Workload.commits(store) : 0
        try Workload(seed: seed).run(store, from: start, files: disk.files) { count in
            truncate(acknowledgements, off_t(count))
        }
        kill(getpid(), SIGKILL)
    }
}
