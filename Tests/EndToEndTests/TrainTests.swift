import Foundation
import TestSupport
import Testing

/// `wit train` as people start, kill and resume it, on shards of tuxpaint's captioned stamps.
@Suite struct TrainTests {
    /// A WebDataset shard of `count` pairs.
    private func shard(_ count: Int, in folder: TemporaryFolder) async throws -> String {
        let root = URL(fileURLWithPath: "/usr/share/tuxpaint/stamps")
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        let texts = files.compactMap { ($0 as? URL)?.path }.filter { $0.hasSuffix(".txt") }.sorted()
        var names: [String] = []
        for text in texts where names.count < count {
            let picture = text.dropLast(4) + ".png"
            guard FileManager.default.fileExists(atPath: String(picture)),
                let caption = try? String(contentsOfFile: text, encoding: .utf8).split(separator: "\n").first
            else { continue }
            let name = String(1000 + names.count)
            try FileManager.default.copyItem(atPath: String(picture), toPath: folder.file(name + ".png"))
            try folder.write(name + ".txt", caption.utf8)
            names.append(name)
        }
        try #require(names.count == count)
        let path = folder.file("stamps.tar")
        let members = names.flatMap { [$0 + ".png", $0 + ".txt"] }
        let outcome = try await Program.run("/bin/tar", ["-cf", path, "-C", folder.path] + members)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return path
    }

    private func training(_ shard: String, output: String, _ more: String...) -> [String] {
        ["train", shard, "--output", output, "--batch-size", "16", "--threads", "1", "--holdout", "0"]
            + ["--warm-up", "2", "--progress", "none", "--json"] + more
    }

    private func checkpoints(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix("checkpoint-") }.sorted()
    }

    private struct Step: Decodable {
        var step: Int?
        var loss: Double
    }

    /// The loss of every step, from what a run printed.
    private func losses(_ outcome: Outcome) throws -> [Double] {
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try outcome.output.split(separator: "\n").dropLast().map {
            try JSONDecoder().decode(Step.self, from: Data($0.utf8)).loss
        }
    }

    /// Starts a run, lets it write one checkpoint more than there are, and kills it a moment later; true if it came to
    /// its end before that.
    private func killAfterNextCheckpoint(_ arguments: [String], output: String, moment: Duration) async throws
        -> Bool
    {
        let folder = try TemporaryFolder("wit-killed")
        try folder.write("in", [])
        let before = checkpoints(output).last
        let process = try Program.spawn(Program.wit, arguments, folder)
        var status: Int32 = 0
        while checkpoints(output).last == before {
            if waitpid(process, &status, WNOHANG) == process { return status == 0 }
            try await Task.sleep(for: .milliseconds(20))
        }
        try await Task.sleep(for: moment)
        kill(process, SIGKILL)
        return Program.wait(for: process) == 0
    }

    @Test func aRunThatIsKilledAgainAndAgainEndsInTheSameBits() async throws {
        let folder = try TemporaryFolder("wit-train")
        let shard = try await shard(64, in: folder)
        let whole = try await Program.wit(training(shard, output: folder.file("whole"), "--epochs", "3"))
        try #require(whole.status == 0, "\(whole.errors)")
        let output = folder.file("parts")
        let arguments = training(
            shard, output: output, "--epochs", "3", "--checkpoint-every", "1ms", "--resume", "auto")
        var generator = SeededGenerator(seed: 7)
        var kills = 0
        while kills < 40 {
            let moment = Duration.milliseconds(Int.random(in: 0...300, using: &generator))
            if try await killAfterNextCheckpoint(arguments, output: output, moment: moment) { break }
            kills += 1
        }
        let last = try await Program.wit(arguments)
        try #require(last.status == 0, "\(last.errors)")
        print("killed \(kills) times")
        #expect(kills >= 2)
        let name = try #require(checkpoints(output).last)
        #expect(name == checkpoints(folder.file("whole")).last)
        for file in ["open_clip_model.safetensors", "train_state.safetensors"] {
            let (expected, found) = ("\(folder.file("whole"))/\(name)/\(file)", "\(output)/\(name)/\(file)")
            #expect(FileManager.default.contentsEqual(atPath: expected, andPath: found), "\(file)")
        }
    }

    @Test func interruptSavesAndTheRunGoesOn() async throws {
        let folder = try TemporaryFolder("wit-interrupt")
        let shard = try await shard(64, in: folder)
        let output = folder.file("model")
        let arguments = training(shard, output: output, "--epochs", "3", "--resume", "auto")
        try folder.write("in", [])
        let process = try Program.spawn(Program.wit, arguments, folder)
        func hasBegun() -> Bool {
            (try? String(contentsOfFile: output + "/metrics.jsonl", encoding: .utf8))?.isEmpty == false
        }
        for _ in 0..<3000 where !hasBegun() { try await Task.sleep(for: .milliseconds(20)) }
        kill(process, SIGINT)
        #expect(Program.wait(for: process) == 0)
        let saved = try #require(checkpoints(output).last)
        #expect(saved < "checkpoint-000000012", "the run was not stopped")
        let rest = try await Program.wit(arguments)
        #expect(try losses(rest).count == 12 - (try #require(Int(saved.suffix(9)))))
    }

    /// Runs a training in several processes as a launcher would.
    private func run(_ arguments: [String], world: Int, port: Int) async throws -> Outcome {
        try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            for rank in 0..<world {
                group.addTask {
                    let place = ["RANK=\(rank)", "WORLD_SIZE=\(world)", "MASTER_PORT=\(port)"]
                    return (rank, try await Program.run("/usr/bin/env", place + [Program.wit] + arguments))
                }
            }
            var first: Outcome?
            for try await (rank, outcome) in group {
                #expect(outcome.status == 0, "rank \(rank): \(outcome.errors)")
                if rank == 0 { first = outcome }
            }
            return try #require(first)
        }
    }

    @Test func severalProcessesHaveTheLossesOfOne() async throws {
        let folder = try TemporaryFolder("wit-world")
        let shard = try await shard(64, in: folder)
        func arguments(_ world: Int) -> [String] {
            training(shard, output: folder.file("world-\(world)"), "--epochs", "2")
        }
        let one = try losses(try await Program.wit(arguments(1)))
        #expect(one.count == 8)
        for world in [2, 4] {
            let port = try FreePort.find()
            let found = try losses(try await run(arguments(world), world: world, port: port))
            let worst = zip(one, found).map { abs($1 / $0 - 1) }.max() ?? 1
            print("\(world) processes: losses within \(worst) relative")
            #expect(found.count == one.count && worst < 1e-4)
        }
    }

    @Test func aVocabularyIsLearntAndTrainedWith() async throws {
        let folder = try TemporaryFolder("wit-vocabulary")
        let shard = try await shard(64, in: folder)
        let merges = folder.file("merges.txt")
        let learnt = try await Program.wit([
            "tokenizer", "train", shard, "--size", "560", "--output", merges, "--json",
        ])
        try #require(learnt.status == 0, "\(learnt.errors)")
        let facts = try JSONDecoder().decode([String: Fact].self, from: Data(learnt.output.utf8))
        #expect(facts["captions"]?.number == 64 && facts["vocabulary"]?.number == 560)
        let trained = try await Program.wit(
            training(shard, output: folder.file("model"), "--merges", merges, "--max-steps", "2"))
        #expect(try losses(trained).count == 2)
        let other = try await Program.wit(
            training(shard, output: folder.file("model"), "--resume", "auto", "--max-steps", "3"))
        #expect(other.status == 1 && other.errors.contains("another model"), "\(other.errors)")
    }

    /// A number or a text.
    private enum Fact: Decodable {
        case number(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self =
                try (try? container.decode(Int.self)).map(Fact.number) ?? .text(container.decode(String.self))
        }

        var number: Int? { if case .number(let number) = self { number } else { nil } }
    }
}
