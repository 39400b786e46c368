import Foundation
import TestSupport
import Testing

@testable import PairStore

/// What is written a page at a time, past the page cache where that is to be had, against the bytes themselves.
@Suite struct PageBufferTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// One file of bytes that a seed gives, appended in pieces of all sizes, with commits and with takings back between, as a
    /// shard is.
    private func append(to file: PosixFile, at path: String, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let words = (0..<1 << 16).map { _ in generator.next() }
        // The same words over and over, shifted each time.
        let pool = words.withUnsafeBytes { bytes in (0..<8).flatMap { Array(bytes.dropFirst($0)) } }
        var expected: [UInt8] = []
        let read = { try file.fill($0, at: $1, name: path) as Void }
        var buffer = try PageBuffer(length: 0, read: read)
        let behind = WriteBehind(file, from: 0)
        func flush() throws {
            try behind.wait()
            try buffer.flush { try file.write($0, at: $1) }
        }
        var committed = 0
        for _ in 0..<60 {
            let most = [1, 600, 5_000, 70_000, 2 << 20].randomElement(using: &generator) ?? 1
            let start = Int.random(in: 0..<1 << 20, using: &generator)
            let piece = pool[start..<start + Int.random(in: 0...most, using: &generator)]
            try piece.withUnsafeBytes { try buffer.add($0, write: behind.start) }
            expected += piece
            #expect(buffer.end == Int64(expected.count))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                try flush()
                try file.sync()
                committed = expected.count
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(expected))
            case 1:
                behind.reset(to: Int64(committed))
                try file.truncate(to: Int64(committed))
                try buffer.reset(length: Int64(committed), read: read)
                expected.removeLast(expected.count - committed)
            default: break
            }
        }
        try flush()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(expected))
    }

    /// A file that fails where it is told to.
    private final class FailingFile: StoreFile {
        enum Step { case write, startWriting }
        struct Failure: Error {}

        let failing: Step
        init(_ failing: Step) { self.failing = failing }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
            if failing == .write { throw Failure() }
        }
        func startWriting(at offset: Int64, count: Int64) throws {
            if failing == .startWriting { throw Failure() }
        }
        func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int { 0 }
        func sync() throws {}
        func truncate(to length: Int64) throws {}
        func size() throws -> Int64 { 0 }
    }

    /// What the other thread cannot write is told by the next call, once, and is forgotten only where the bytes are.
    @Test(arguments: [true, false]) func aFailureBehindIsTold(atWrite: Bool) throws {
        let bytes = [UInt8](repeating: 1, count: 8 << 20)
        let behind = WriteBehind(FailingFile(atWrite ? .write : .startWriting), from: 0)
        try bytes.withUnsafeBytes { bytes in
            try behind.start(bytes, at: 0)
            #expect(throws: FailingFile.Failure.self) { try behind.wait() }
            try behind.wait()
            try behind.start(bytes, at: 0)
            if atWrite {
                #expect(throws: FailingFile.Failure.self) { try behind.start(bytes, at: 8 << 20) }
            }
            behind.reset(to: 0)
            try behind.wait()
            try behind.start(bytes, at: 0)
            behind.reset(to: 0)
            try behind.wait()
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>) func aFileHoldsWhatWasAdded(seed: UInt64) throws {
        let path = folder.file("file")
        try append(to: PosixFile(path, flags: O_RDWR | O_CREAT), at: path, seed: seed)
    }

    /// A file system in memory, which may have no way past the page cache.
    @Test func aFileInMemoryTakesItToo() throws {
        let path = "/dev/shm/wit-page-buffer-\(getpid())"
        defer { unlink(path) }
        try append(to: PosixFile(path, flags: O_RDWR | O_CREAT), at: path, seed: 7)
    }

    /// What a failed write leaves is taken back like anything else.
    @Test func aFailedWriteLeavesTheBufferUsable() throws {
        struct Full: Error {}
        var buffer = try PageBuffer(length: 0) { _, _ in }
        let bytes = [UInt8](repeating: 7, count: 3 << 20)
        #expect(throws: Full.self) {
            try bytes.withUnsafeBytes { try buffer.add($0) { _, _ in throw Full() } }
        }
        try buffer.reset(length: 5_000) { tail, offset in
            #expect(offset == 4_096 && tail.count == 904)
            tail.initializeMemory(as: UInt8.self, repeating: 1)
        }
        var written: [(offset: Int64, bytes: [UInt8])] = []
        try [2, 3].withUnsafeBytes { try buffer.add(UnsafeRawBufferPointer(rebasing: $0[..<1])) { _, _ in } }
        try buffer.flush { written.append(($1, Array($0))) }
        #expect(written.map(\.offset) == [4_096] && buffer.end == 5_001)
        #expect(written.first?.bytes == [UInt8](repeating: 1, count: 904) + [2])
    }
}
