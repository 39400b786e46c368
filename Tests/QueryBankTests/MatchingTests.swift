import QueryBank
import TestSupport
import Testing

@Suite struct MatchingTests {
    private static let list = [
        "cat", "black cat", "black", "dog", "dog house", "new york", "new york city", "york city hall",
        "cat's eye",
        "o'neill", "東京", "京都", "tokyo 東京", "猫", "กา", "iphone", "iphone ケース", "t", "2021", "crème brûlée",
        "counterrevolutionaries unite", "s", "supercalifragilisticexpialidocious",
    ]

    @Test(arguments: [
        ("a cat", ["cat"]), ("(cat) CAT cat. wild-cat \"cat\" cat", ["cat"]), ("concat cats cat1 caté", []),
        ("the cat's tail", ["cat"]), ("cat’s eye", ["cat", "cat's eye"]), ("cat eye", ["cat"]),
        ("a black cat's", ["cat", "black cat", "black"]), ("black's cat", ["cat", "black cat", "black"]),
        ("the dog's house", ["dog", "dog house"]), ("dogs' house", []),
        ("black\ncat", ["cat", "black cat", "black"]),
        ("black, cat", ["cat", "black cat", "black"]),
        ("New York City Hall", ["new york", "new york city", "york city hall"]),
        ("O’Neill", ["o'neill"]), ("東京都の猫", ["東京", "京都", "猫"]), ("東 京", []), ("東京タワー Tokyo東京", ["東京"]),
        ("Tokyo 東京", ["東京", "tokyo 東京"]), ("กาแฟ", ["กา"]), ("ก่า", []), ("iPhoneケース", ["iphone"]),
        ("iPhone ケース", ["iphone", "iphone ケース"]), ("Tシャツ", ["t"]), ("2021年", ["2021"]),
        ("CREME BRULEE", ["crème brûlée"]), ("", []), ("\0", []), ("cat\0dog", ["cat", "dog"]),
        ("cat\u{AD}", ["cat"]), ("🐈cat🐈", ["cat"]), ("ca\u{301}t", ["cat"]), ("cat's's", []), ("cat'sa", []),
        ("x'cat", []), ("'s", ["s"]),
        ("supercalifragilisticexpialidocious's", ["supercalifragilisticexpialidocious"]),
        ("supercalifragilisticexpialidociouz", []),
        ("counterrevolutionaries unite!", ["counterrevolutionaries unite"]),
    ])
    func examples(text: String, expected: [String]) {
        let ids = QueryBank(QueryList(texts: Self.list)).match(text)
        #expect(ids.map { Self.list[Int($0)] } == expected)
        #expect(NaiveMatcher(Self.list).match(text) == ids)
    }

    @Test func malformedBytesOnlySeparate() {
        let bank = QueryBank(QueryList(texts: ["cat", "dog"]))
        for bytes in [[0xFF, 0x63, 0x61, 0x74, 0xC3], [0x63, 0x61, 0x74, 0xE2, 0x80, 0x64, 0x6F, 0x67]]
            as [[UInt8]]
        {
            #expect(bytes.withUnsafeBytes { bank.match(utf8: $0) }.first == 0)
        }
    }

    /// A list made of stretches of the texts, so that phrases overlap, nest and share words.
    @Test(arguments: UInt64(1)...40) func randomListsAndTexts(seed: UInt64) {
        var random = RandomText(seed: seed)
        let texts = (0..<60).map { _ in random.next(pieces: 40) }
        var entries: [String] = []
        for text in texts {
            let words = NaiveMatcher.words(NaiveNormaliser().normalise(text))
            for _ in 0..<8 where !words.isEmpty {
                let start = Int.random(in: words.indices, using: &random.generator)
                let end = min(words.count, start + Int.random(in: 1...4, using: &random.generator))
                entries.append(
                    words[start..<end].enumerated().map { ($0 > 0 && !$1.isGlued ? " " : "") + $1.text }
                        .joined())
            }
        }
        let bank = QueryBank(QueryList(texts: entries))
        let naive = NaiveMatcher(entries)
        for text in texts {
            let extra = Set(bank.match(text)).symmetricDifference(naive.match(text))
            #expect(
                extra.isEmpty,
                "\(Self.scalars(text)): \(extra.map { Self.scalars(entries[Int($0)]) })")
        }
        let lines = texts.map { $0.replacing("\n", with: " ") }
        #expect(Self.matchLines(lines.joined(separator: "\n"), bank) == lines.map(naive.match))
    }

    /// Phrases of few words over few letters: deep trees, every pair a candidate, many possessives.
    @Test(arguments: UInt64(1)...30) func denseListsAndTexts(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func words(_ most: Int) -> String {
            (0..<Int.random(in: 1...most, using: &generator)).map { _ in
                ["a", "b", "c", "a's", "b's", "猫", "a'b"].randomElement(using: &generator) ?? ""
            }.joined(separator: ["", " "].randomElement(using: &generator) ?? "")
        }
        let entries = (0..<200).map { _ in words(6) }
        let bank = QueryBank(QueryList(texts: entries))
        let naive = NaiveMatcher(entries)
        for _ in 0..<60 {
            let text = words(40)
            #expect(bank.match(text) == naive.match(text), "\(text)")
        }
    }

    @Test func wordsOfEveryLength() {
        let words = (1...80).map { length in
            String((0..<length).map { Character(Unicode.Scalar(UInt8(97 + $0 % 23))) })
        }
        let bank = QueryBank(QueryList(texts: words))
        for (row, word) in words.enumerated() {
            #expect(bank.match(word) == [QueryID(row)])
            #expect(bank.match(String(repeating: " ", count: row) + word + "!") == [QueryID(row)])
            #expect(
                bank.match(String(word.dropLast()) + "!\(word)#")
                    == (row == 0 ? [0] : [QueryID(row - 1), QueryID(row)]))
        }
    }

    @Test func linesOfEveryShape() {
        let bank = QueryBank(QueryList(texts: ["cat", "black cat", "dog"]))
        let long = String(repeating: "xyzzy ", count: 180_000) + "black cat"
        let lines = [
            "", "cat", "", "\0", "black", "cat dog", long, String(repeating: "a", count: 1 << 20), "dog",
        ]
        let expected: [[QueryID]] = [[], [0], [], [], [], [0, 2], [0, 1], [], [2]]
        #expect(Self.matchLines(lines.joined(separator: "\n"), bank) == expected)
        #expect(Self.matchLines(lines.joined(separator: "\n") + "\n", bank) == expected)
        #expect(Self.matchLines("", bank) == [])
        #expect(Self.matchLines("\n\n", bank) == [[], []])
    }

    @Test func longRowsAreSortedAndUnique() {
        let words = (0..<3000).map { "w\($0 * 7919 % 3000)" }
        let bank = QueryBank(QueryList(texts: words.sorted()))
        for count in [1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200, 1000, 3000] {
            let text = (words.prefix(count) + words.prefix(count / 2)).joined(separator: " ")
            let ids = bank.match(text)
            #expect(ids == ids.sorted() && ids.count == count)
        }
    }

    @Test func oneBankServesManyThreads() async {
        let bank = QueryBank(QueryList(texts: Self.list))
        let texts = ["the dog's house", "東京都の猫", "New York City Hall", ""]
        let expected = texts.map(NaiveMatcher(Self.list).match)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<200).allSatisfy { bank.match(texts[$0 % 4]) == expected[$0 % 4] } }
            }
            for await agreed in group { #expect(agreed) }
        }
    }

    private static func scalars(_ text: String) -> String {
        text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
    }

    static func matchLines(_ text: String, _ bank: QueryBank) -> [[QueryID]] {
        var matcher = LineMatcher(bank)
        var rows: [[QueryID]] = []
        Array(text.utf8).withUnsafeBytes { bytes in
            matcher.match(bytes) { batch in batch.forEach { rows.append(Array($1)) } }
        }
        return rows
    }
}
