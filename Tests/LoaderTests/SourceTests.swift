import Foundation
import PairStore
import TestSupport
import Testing

@testable import Loader

struct ShardPatternTests {
    @Test(arguments: [
        ("a.tar", ["a.tar"]),
        ("{a,b}.tar", ["a.tar", "b.tar"]),
        ("s-{08..11}.tar", ["s-08.tar", "s-09.tar", "s-10.tar", "s-11.tar"]),
        ("{8..11}", ["8", "9", "10", "11"]),
        ("{2..0}", ["2", "1", "0"]),
        ("{a,b}{0..1}", ["a0", "a1", "b0", "b1"]),
        ("{a..c}", ["a..c"]),
        ("{,x}y", ["y", "xy"]),
        ("{open", ["{open"]),
    ])
    func braces(pattern: String, expected: [String]) throws {
        #expect(try ShardPattern.braces(pattern) == expected)
    }

    @Test(
        "Too many alternatives are refused before they are made",
        arguments: ["{0..99999999}", "{0..9999}{0..9999}"])
    func bounded(pattern: String) {
        #expect { try ShardPattern.braces(pattern) } throws: {
            ($0 as? LoaderError)?.code == .badConfiguration
        }
    }

    @Test("Globs match in order of name, a plain name with wildcards in it is taken as it is")
    func globs() throws {
        let folder = try TemporaryFolder("glob")
        for name in ["b.tar", "a.tar", "c[1].tar", "d.txt"] { try folder.write(name, []) }
        #expect(
            try ShardPattern.expand(folder.file("[ab].tar")) == [folder.file("a.tar"), folder.file("b.tar")])
        #expect(try ShardPattern.expand(folder.file("c[1].tar")) == [folder.file("c[1].tar")])
        #expect { try ShardPattern.expand(folder.file("*.gz")) } throws: {
            ($0 as? LoaderError)?.code == .noSuchFile
        }
    }
}

struct MemberNameTests {
    @Test(arguments: [
        ("000.jpg", "000", "jpg"), ("a/b.c/000.seg.PNG", "a/b.c/000", "seg.png"), ("x", "x", ""),
        (".hidden", "", "hidden"),
        ("été.txt", "été", "txt"),
    ])
    func parts(name: String, key: String, suffix: String) {
        #expect(MemberName(name).key == key)
        #expect(MemberName(name).suffix == suffix)
    }
}

struct SampleIndexTests {
    @Test("Groups that are no sample are counted under their reason, what a shard holds beside samples too")
    func flaws() throws {
        let shards = try Shards([10]) { [2: Damage.noImage, 5: .noText][$0] ?? .none }
        let index = try SampleIndex(LoaderConfiguration(sources: [.tars(shards.pattern)], batchSize: 1))
        #expect(index.samples.count == 8)
        #expect(index.skipped == ["no_image": 1, "no_text": 1])
    }

    @Test("An archive that is cut is used as far as it goes")
    func cut() throws {
        let shards = try Shards([10])
        let path = shards.folder.file("000.tar")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(512 * 6 * 4 + 530).write(to: URL(fileURLWithPath: path))
        let index = try SampleIndex(LoaderConfiguration(sources: [.tars(path)], batchSize: 1))
        #expect(index.samples.count == 4)
        #expect(index.skipped == ["damaged_archive": 1])
    }

    @Test("A sample's stretch is exactly its members, long names included, as GNU tar writes them")
    func foreign() throws {
        let folder = try TemporaryFolder("foreign")
        let deep = String(repeating: "long/", count: 30)
        let members = folder.file("in/" + deep)
        try FileManager.default.createDirectory(atPath: members, withIntermediateDirectories: true)
        for (number, picture) in Picture.dots.enumerated() {
            try Data(picture.bytes).write(to: URL(fileURLWithPath: members + "k\(number).gif"))
            try Data(picture.caption.utf8).write(to: URL(fileURLWithPath: members + "k\(number).txt"))
        }
        for format in ["gnu", "pax", "ustar"] {
            let tar = Process()
            tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            tar.arguments = [
                "tar", "--format", format, "--sort=name", "-C", folder.file("in"), "-cf",
                folder.file("\(format).tar"), ".",
            ]
            try tar.run()
            tar.waitUntilExit()
            try #require(tar.terminationStatus == 0)
            let index = try SampleIndex(
                LoaderConfiguration(sources: [.tars(folder.file("\(format).tar"))], batchSize: 1))
            let reader = SampleReader(
                files: ShardFiles(index.places),
                wanted: SampleMembers(LoaderConfiguration(sources: [], batchSize: 1)))
            let pairs = try index.samples.map { try reader.read($0).get() }
            #expect(pairs.map { Array($0.image) } == Picture.dots.map(\.bytes))
            #expect(pairs.map { String(decoding: $0.text, as: UTF8.self) } == Picture.dots.map(\.caption))
            #expect(pairs.map(\.key) == (0..<4).map { "./\(deep)k\($0)" })
        }
    }

    @Test("A moved set keeps its identity, another set or split has another")
    func identity() throws {
        let (first, same, other) = (try Shards([9, 4]), try Shards([9, 4]), try Shards([9, 5]))
        func identity(_ shards: Shards, _ split: LoaderConfiguration.Split = .all) throws -> String {
            var configuration = LoaderConfiguration(sources: [.tars(shards.pattern)], batchSize: 1)
            configuration.split = split
            return try SampleIndex(configuration).identity(configuration)
        }
        let identities = try [
            identity(first), identity(other), identity(first, .training(holdout: 0.2)),
            identity(first, .heldOut(0.2)),
        ]
        #expect(try identity(same) == identities[0])
        #expect(Set(identities).count == 4)
    }
}
