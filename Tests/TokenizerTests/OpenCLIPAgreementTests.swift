import Foundation
import TestSupport
import Testing

@testable import Tokenizer

/// Live comparison with OpenCLIP's own tokenizer, for whoever names a Python that has it.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"] != nil,
        "set WIT_TEST_PYTHON to a python with open_clip_torch"))
struct OpenCLIPAgreementTests {
    /// Every how manieth caption is compared; `WIT_TEST_FULL=1` takes all of them, some minutes in a debug build.
    private let step = ProcessInfo.processInfo.environment["WIT_TEST_FULL"] == "1" ? 1 : 8

    @Test("Real captions in every language that tuxpaint speaks, and WordNet's glosses")
    func realCaptions() throws {
        let captions = Captions.tuxpaint() + Captions.wordNet()
        try #require(captions.count >= 100_000)
        try expectAgreement(every(step, of: captions), "real captions")
    }

    @Test("Real captions read in the wrong character set, once and twice")
    func mojibake() throws {
        let captions = every(5 * step, of: Captions.tuxpaint())
        let sets: [SingleByteEncoding] = [
            .latin1, .windows1252, .windows1251, .windows1250, .windows1253, .windows1254, .windows1257,
            .latin2,
            .macRoman, .codePage437,
        ]
        let misread = captions.enumerated().map { number, caption in
            sets[number % sets.count].misreading(of: caption)
        }
        try expectAgreement(misread, "misread once")
        try expectAgreement(
            misread.enumerated().map {
                SingleByteEncoding.windows1252.misreading(of: $1 + ($0 % 2 == 0 ? "" : " – ok"))
            },
            "misread twice")
        try expectAgreement(zip(captions, misread).map { "\($0) / \($1)" }, "misread in part")
    }

    @Test("Text made of everything that cleaning treats specially", arguments: [1, 2])
    func hostile(seed: UInt64) throws {
        try expectAgreement(Captions.hostile(count: 20_000 / step, seed: seed), "hostile")
    }

    @Test("Every named character reference, with and without its semicolon")
    func namedReferences() throws {
        let names = HTMLNamedReferences.table().keys.sorted()
        try expectAgreement(
            names.flatMap { ["a &\($0) b", "<&\($0)x", "&\($0.uppercased())"] }, "references")
    }

    @Test("Every character of the first two planes, alone and between letters")
    func everyCharacter() throws {
        // Unicode 14 is what both Python 3.11 and Swift know.
        let scalars = (UInt32(1)..<0x2_0000).compactMap(Unicode.Scalar.init).filter { scalar in
            scalar.properties.age.map { $0.major <= 14 } ?? false
        }
        try expectAgreement(every(step, of: scalars).map { "a\($0)B\($0)" }, "every character")
    }

    private func every<Element>(_ step: Int, of elements: [Element]) -> [Element] {
        stride(from: 0, to: elements.count, by: step).map { elements[$0] }
    }

    /// Compares, prints the rate and the first differences, and expects none.
    private func expectAgreement(_ captions: [String], _ name: String) throws {
        let theirs = try Reference.ids(of: captions)
        let tokenizer = try CLIPTokenizer()
        var differences: [String] = []
        for (caption, expected) in zip(captions, theirs) where tokenizer.encode(caption) != expected {
            differences.append(
                "\(caption.debugDescription): \(tokenizer.encode(caption)) where OpenCLIP has \(expected)")
        }
        print(
            "\(name): \(captions.count - differences.count) of \(captions.count) captions have OpenCLIP's ids"
        )
        for difference in differences.prefix(20) { print("  " + difference) }
        #expect(differences.isEmpty)
    }
}

/// OpenCLIP in a Python process.
private enum Reference {
    /// JSON strings on standard input, one a line -> ids, one line each.
    private static let script = """
        import importlib.util as load, json, os, sys
        # The module alone: the whole package would bring every model with it.
        folder = os.path.dirname(load.find_spec("open_clip").origin)
        spec = load.spec_from_file_location("tokenizer", folder + "/tokenizer.py")
        module = load.module_from_spec(spec)
        spec.loader.exec_module(module)
        tokenizer = module.SimpleTokenizer()
        for line in sys.stdin.buffer:
            print(*tokenizer.encode(json.loads(line)))
        """

    static func ids(of captions: [String]) throws -> [[Int32]] {
        let folder = try TemporaryFolder("tokenizer")
        let encoder = JSONEncoder()
        var input = Data()
        for caption in captions { input += try encoder.encode(caption) + [UInt8(ascii: "\n")] }
        let inputPath = try folder.write("captions", input)
        let python = Process()
        python.executableURL = URL(
            fileURLWithPath: ProcessInfo.processInfo.environment["WIT_TEST_PYTHON"] ?? "")
        python.arguments = ["-c", script]
        python.standardInput = FileHandle(forReadingAtPath: inputPath)
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        python.waitUntilExit()
        try #require(python.terminationStatus == 0, "the reference failed")
        let lines = String(decoding: data, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count == captions.count + 1)
        return lines.dropLast().map { $0.split(separator: " ").compactMap { Int32($0) } }
    }
}

extension SingleByteEncoding {
    /// What a reader sees who takes the UTF-8 of a text for this character set.
    fileprivate func misreading(of text: String) -> String { String(text.utf8.map(scalar)) }
}
