internal import CQueryBank

/// Phrases: from pairs of neighbours that may begin one, down the tree as far as the text goes on.
extension ChunkMatcher {
    /// Pairs hashed before the first of them is compared.
    private static let block = 128

    /// A phrase that the text has reached, and the word that comes next.
    private struct Place {
        let node: UInt32
        let chain: UInt64
        let successors: UInt32
        let next: Int
    }

    mutating func matchPhrases() {
        hits.removeAll()
        var start = 0
        while start < found.pairCount {
            let end = min(start + Self.block, found.pairCount)
            matchPairs(start..<end)
            start = end
        }
        swap(&hits, &phraseHits)
    }

    private struct Pair: BitwiseCopyable {
        let slot: UInt32
        let first: UInt32
        let word: UInt32
        let second: UInt32
        let chain: UInt64
    }

    private mutating func matchPairs(_ range: Range<Int>) {
        withUnsafeTemporaryAllocation(of: Pair.self, capacity: Self.block) { pairs in
            let count = hashPairs(range, into: pairs)
            for pair in pairs[..<count] {
                let record = image.phrases[Int(pair.slot)]
                if record.parent != pair.first || record.word != pair.word { continue }
                let first = Int(pair.second) &- 1
                if record.query != WordRecord.none { hits.append(word: first, id: record.query) }
                if record.successors == 0 { continue }
                let place = Place(
                    node: pair.slot | Node.phraseBit, chain: pair.chain, successors: record.successors,
                    next: first &+ 2)
                walk(from: place, at: first)
            }
        }
    }

    private func hashPairs(_ range: Range<Int>, into pairs: UnsafeMutableBufferPointer<Pair>) -> Int {
        var count = 0
        let seed = image.layout.seed
        for index in range {
            let second = Int(found.pairEnds[index])
            guard let glue = glue(before: second) else { continue }
            let first = found.slotOf[second &- 1]
            let word = found.slotOf[second] | glue
            let chain = Node.chain(Node.chain(slot: first), word: word, seed: seed)
            let slot = image.phraseSlot(of: chain)
            cquerybank_prefetch(image.phrases + slot)
            pairs[count] = Pair(
                slot: UInt32(truncatingIfNeeded: slot), first: first, word: word,
                second: UInt32(truncatingIfNeeded: second), chain: chain)
            count &+= 1
        }
        return count
    }

    /// What a look-up must add to a word for what stands before it; `nil` where a text begins.
    @inline(__always)
    private func glue(before word: Int) -> UInt32? {
        switch words.gap(before: word, in: folded) {
        case .separator: 0
        case .glue: PhraseRecord.glueBit
        case .newline: nil
        }
    }

    /// Follows a phrase into its next word and on; every query on the way is a hit at `word`. A word x's is tried as x
    /// too. An entry's length bounds the depth.
    private mutating func walk(from place: Place, at word: Int) {
        guard place.next < words.count else { return }
        let slot = found.slotOf[place.next]
        let goesOn = slot != WordRecord.none && place.successors &>> (slot & 31) & 1 != 0
        let isPossessive = words.isPossessive(place.next, in: folded)
        guard goesOn || isPossessive, let glue = glue(before: place.next) else { return }
        if goesOn { step(from: place, to: slot | glue, at: word) }
        guard isPossessive else { return }
        let base = baseOfPossessive(place.next)
        if base != WordRecord.none, place.successors &>> (base & 31) & 1 != 0 {
            step(from: place, to: base | glue, at: word)
        }
    }

    private mutating func step(from place: Place, to next: UInt32, at word: Int) {
        let chain = Node.chain(place.chain, word: next, seed: image.layout.seed)
        guard let phrase = image.phrase(after: place.node, word: next, chain: chain) else { return }
        let record = image.phrases[Int(phrase)]
        if record.query != WordRecord.none { hits.append(word: word, id: record.query) }
        guard record.successors != 0 else { return }
        let reached = Place(
            node: phrase | Node.phraseBit, chain: chain, successors: record.successors, next: place.next &+ 1)
        walk(from: reached, at: word)
    }

    private func place(of slot: UInt32, next: Int) -> Place {
        Place(
            node: slot, chain: Node.chain(slot: slot), successors: image.words[Int(slot)].successors,
            next: next)
    }

    /// The slot of x, where the word is x's; `WordRecord.none` if the list has no x.
    private func baseOfPossessive(_ word: Int) -> UInt32 {
        let start = Int(words.places[2 * word])
        return image.slot(of: folded.bytes + start, count: Int(words.places[2 * word + 1]) - start - 2)
    }

    /// The queries that need x of a word x's as their first word or their second; later places are `walk`'s.
    mutating func matchPossessives() {
        hits.removeAll()
        for index in 0..<words.possessiveCount {
            let word = Int(words.possessives[index])
            let base = baseOfPossessive(word)
            if base == WordRecord.none { continue }
            let query = image.words[Int(base)].query
            if query != WordRecord.none { hits.append(word: word, id: query) }
            walk(from: place(of: base, next: word + 1), at: word)
            // After the word before as it is; that word as its own x came with its turn.
            if word > 0, found.slotOf[word - 1] != WordRecord.none, let glue = glue(before: word) {
                step(from: place(of: found.slotOf[word - 1], next: word), to: base | glue, at: word)
            }
        }
        swap(&hits, &possessiveHits)
    }
}
