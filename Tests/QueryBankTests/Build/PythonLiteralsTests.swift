import TestSupport
import Testing

@testable import QueryBank

@Suite struct PythonLiteralsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func pairs(_ text: String) throws -> [[String]] {
        var reader = try PythonDictReader(path: folder.write("table.py", text.utf8))
        var pairs: [[String]] = []
        try reader.forEachPair { pairs.append([$0, $1]) }
        return pairs
    }

    @Test func theTablesOfThePackageAreRead() throws {
        let redirects =
            "\n#!/usr/bin/env python\n# -*- coding: UTF-8 -*-\n\n\nd_rev_bj = {'bj_cole': 'b._j._cole',\n 'x': \"o'b\"}\n"
        #expect(try pairs(redirects) == [["bj_cole", "b._j._cole"], ["x", "o'b"]])
        let titles = "d_trie_os = {'_': ['os_a',\n  'os_b', ], 'z': ['hyzon_motors'], 'e': []}"
        #expect(try pairs(titles) == [["_", "os_a"], ["_", "os_b"], ["z", "hyzon_motors"]])
        #expect(try pairs("# nothing\n").isEmpty)
        #expect(try pairs("d = {}").isEmpty)
    }

    @Test func escapesAreUndone() throws {
        #expect(try pairs(#"d = {'a\'b': 'c\\d"é', "e\"": '\''}"#) == [["a'b", #"c\d"é"#], ["e\"", "'"]])
    }

    @Test(arguments: [
        "d = {'a': 1}", "d = {'a': {'b': 'c'}}", "d = {'a'}", "d = {'a': 'b'", "d = {'a': 'b'} x",
        "d = {'a': 'b\n'}",
        "d = {'a': 'b' 'c': 'd'}", "d = ['a']", "import os", #"d = {'a': '\x41'}"#, "d = {'a': ['b' 'c']}",
        "d = {a: 'b'}",
        "d = {'a': 'b", "d =", "{'a': __import__('os')}",
    ])
    func anythingElseIsRefused(_ text: String) {
        #expect(throws: QueryBankError.self) { try pairs(text) }
    }

    @Test func anErrorNamesTheLine() {
        let error = #expect(throws: QueryBankError.self) { try pairs("d = {'a': 'b',\n 'c': 7}") }
        #expect(error?.description.contains("table.py:2:") == true)
    }

    @Test func aCutOrFlippedFileNeverTraps() throws {
        let whole = Array(#"d_x = {'ab': ['c\'d', "e"], 'f': 'g'}"#.utf8)
        var generator = SeededGenerator(seed: 5)
        for count in whole.indices {
            #expect(throws: QueryBankError.self) {
                try pairs(String(decoding: whole[..<max(count, 1)], as: UTF8.self))
            }
        }
        for _ in 0..<400 {
            var bytes = whole
            bytes[generator.below(bytes.count)] = UInt8(generator.below(128))
            _ = try? pairs(String(decoding: bytes, as: UTF8.self))
        }
    }
}
