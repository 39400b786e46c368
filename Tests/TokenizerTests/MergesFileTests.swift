import Foundation
import TestSupport
import Testing

@testable import Tokenizer

struct MergesFileTests {
    @Test(
        "A missing, empty, foreign or garbled file is an error that names it and what to do",
        arguments: [
            (nil, TokenizerError.Code.mergesNotFound),
            ("", .mergesInvalid),
            ("#version: 0.2\ni n\n", .mergesInvalid),
            (String(repeating: "no merges here, only prose\n", count: 60_000), .mergesInvalid),
            ("\n" + String(repeating: "a b\n", count: 60_000), .mergesInvalid),
        ] as [(String?, TokenizerError.Code)])
    func bad(content: String?, code: TokenizerError.Code) throws {
        let folder = try TemporaryFolder("merges")
        if let content { try folder.write("merges.txt", Array(content.utf8)) }
        #expect { try CLIPTokenizer(merges: folder.file("merges.txt")) } throws: { error in
            let error = error as? TokenizerError
            return error?.code == code && error?.description.contains("merges.txt") == true
                && error?.description.contains("scripts/setup") == true
                && error?.description.contains("\n") == false
        }
    }

    @Test("A cut gzip file is damaged, not short", .enabled(if: CLIPTokenizer.defaultMergesPath() != nil))
    func cut() throws {
        let folder = try TemporaryFolder("merges")
        let whole = try Data(
            contentsOf: URL(fileURLWithPath: try #require(CLIPTokenizer.defaultMergesPath())))
        let path = try folder.write("cut.gz", whole.prefix(60_000))
        #expect { try CLIPTokenizer(merges: path) } throws: {
            [.mergesUnreadable, .mergesInvalid].contains(($0 as? TokenizerError)?.code)
        }
    }

    @Test("The file is looked for where the environment says")
    func search() throws {
        let folder = try TemporaryFolder("cache")
        #expect(MergesFile.locate(environment: ["WIT_MERGES": "/named/file"]) == "/named/file")
        let path = folder.file("wit/\(MergesFile.name)")
        try FileManager.default.createDirectory(atPath: folder.file("wit"), withIntermediateDirectories: true)
        #expect(MergesFile.locate(environment: ["XDG_CACHE_HOME": folder.path]) == nil)
        try folder.write("wit/\(MergesFile.name)", [])
        #expect(MergesFile.locate(environment: ["XDG_CACHE_HOME": folder.path]) == path)
        #expect(
            MergesFile.searchPath(environment: ["HOME": "/home/x"]).last
                == "/home/x/.cache/wit/\(MergesFile.name)")
    }
}
