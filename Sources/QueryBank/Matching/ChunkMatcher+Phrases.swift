internal import CQueryBank

/// Phrases: from pairs of neighbours that may begin one, down the tree as far as the text goes on.
extension ChunkMatcher {
    /// Pairs hashed before the first of them is compared.
    private static let block = 128

    mutating func matchPhrases() {
        phraseHits.removeAll()
        var start = 0
        while start < found.pairCount {
            let end = min(start + Self.block, found.pairCount)
            matchPairs(start..<end)
            start = end
        }
    }

    private mutating func matchPairs(_ range: Range<Int>) {
        withUnsafeTemporaryAllocation(of: Pair.self, capacity: Self.block) { pairs in
            var count = 0
            for index in range {
                let second = Int(found.pairEnds[index])
                let gap = words.gap(before: second, in: folded)
                if gap == .newline { continue }
                let glue = gap == .glue ? PhraseRecord.glueBit : 0
                let first = found.slotOf[second - 1]
                let word = found.slotOf[second] | glue
                let chain = Node.chain(Node.chain(slot: first), word: word, seed: image.layout.seed)
                let slot = image.phraseHash.slot(of: chain)
                cquerybank_prefetch(image.phrases + slot)
                pairs[count] = Pair(slot: slot, first: first, word: word, second: second, chain: chain)
                count += 1
            }
            for pair in pairs[..<count] {
                let record = image.phrases[pair.slot]
                if record.parent != pair.first || record.word != pair.word { continue }
                if record.query != WordRecord.none {
                    phraseHits.append(word: pair.second - 1, id: record.query)
                }
                if record.successors == 0 { continue }
                let node = UInt32(truncatingIfNeeded: pair.slot) | Node.phraseBit
                walk(from: node, chain: pair.chain, successors: record.successors, to: pair.second + 1) {
                    hits, id in
                    hits.phraseHits.append(word: pair.second - 1, id: id)
                }
            }
        }
    }

    private struct Pair: BitwiseCopyable {
        let slot: Int
        let first: UInt32
        let word: UInt32
        let second: Int
        let chain: UInt64
    }

    /// Follows a phrase into the word at `next` and on, reporting every query on the way. A word x's is tried as x
    /// too. An entry's length bounds the depth.
    private mutating func walk(
        from node: UInt32, chain: UInt64, successors: UInt32, to next: Int,
        report: (inout ChunkMatcher, UInt32) -> Void
    ) {
        guard next < words.count else { return }
        let slot = found.slotOf[next]
        let gap = words.gap(before: next, in: folded)
        if gap == .newline { return }
        let glue = gap == .glue ? PhraseRecord.glueBit : 0
        if slot != WordRecord.none {
            step(from: node, chain: chain, successors: successors, slot, glue, to: next, report: report)
        }
        if let base = baseOfPossessive(next) {
            step(from: node, chain: chain, successors: successors, base, glue, to: next, report: report)
        }
    }

    private mutating func step(
        from node: UInt32, chain: UInt64, successors: UInt32, _ slot: UInt32, _ glue: UInt32, to next: Int,
        report: (inout ChunkMatcher, UInt32) -> Void
    ) {
        guard successors &>> (slot & 31) & 1 != 0 else { return }
        let chain = Node.chain(chain, word: slot | glue, seed: image.layout.seed)
        guard let phrase = image.phrase(after: node, word: slot | glue, chain: chain) else { return }
        let record = image.phrases[Int(phrase)]
        if record.query != WordRecord.none { report(&self, record.query) }
        guard record.successors != 0 else { return }
        walk(
            from: phrase | Node.phraseBit, chain: chain, successors: record.successors, to: next + 1,
            report: report)
    }

    /// The slot of x where the word is x's and the list has x.
    private func baseOfPossessive(_ word: Int) -> UInt32? {
        let start = Int(words.places[2 * word])
        let count = Int(words.places[2 * word + 1]) - start - 2
        let bytes = folded.bytes + start
        guard count > 0, bytes[count] == UInt8(ascii: "'"), bytes[count + 1] == UInt8(ascii: "s") else {
            return nil
        }
        return image.slot(of: bytes, count: count)
    }

    /// The queries that need x of a word x's first in them or second; later places are `walk`'s.
    mutating func matchPossessives() {
        possessiveHits.removeAll()
        for index in 0..<words.possessiveCount {
            let word = Int(words.possessives[index])
            guard let base = baseOfPossessive(word) else { continue }
            let query = image.words[Int(base)].query
            if query != WordRecord.none { possessiveHits.append(word: word, id: query) }
            let report: (inout ChunkMatcher, UInt32) -> Void = {
                $0.possessiveHits.append(word: word, id: $1)
            }
            // (x of this word, the next word as it is or as its own x)
            start(with: base, to: word + 1, report: report)
            // (the word before as it is, x of this one); the word before as its own x came with its turn.
            if word > 0, found.slotOf[word - 1] != WordRecord.none {
                let gap = words.gap(before: word, in: folded)
                if gap == .newline { continue }
                let before = found.slotOf[word - 1]
                step(
                    from: before, chain: Node.chain(slot: before),
                    successors: image.words[Int(before)].successors,
                    base, gap == .glue ? PhraseRecord.glueBit : 0, to: word, report: report)
            }
        }
    }

    private mutating func start(with slot: UInt32, to next: Int, report: (inout ChunkMatcher, UInt32) -> Void)
    {
        walk(
            from: slot, chain: Node.chain(slot: slot), successors: image.words[Int(slot)].successors,
            to: next,
            report: report)
    }
}
