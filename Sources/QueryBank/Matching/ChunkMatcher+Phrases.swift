internal import CQueryBank

/// Phrases of three words and more: from pairs that may go on, down the tree as far as the text does; and the words x's.
extension ChunkMatcher {
    /// Openings whose next phrase is hashed before the first of them is compared.
    private static let block = 64

    /// A phrase that the text has reached, and the word that comes next.
    private struct Place {
        let node: UInt32
        let chain: UInt64
        let successors: UInt32
        let next: Int
    }

    /// A phrase to look up: one word more than a place has.
    private struct Step: BitwiseCopyable {
        let slot: Int
        let parent: UInt32
        let word: UInt32
        let chain: UInt64
        let next: Int
        /// The phrase's first word.
        let first: Int
    }

    mutating func matchLongerPhrases() {
        hits.removeAll()
        var start = 0
        while start < pairs.openingCount {
            let end = min(start + Self.block, pairs.openingCount)
            // An opening goes on in two ways at most: by the next word, and by x where that is x's.
            withUnsafeTemporaryAllocation(of: Step.self, capacity: 2 * Self.block) { steps in
                let count = hashSteps(start..<end, into: steps)
                for step in steps[..<count] { take(step) }
            }
            start = end
        }
        swap(&hits, &longerHits)
    }

    private func hashSteps(_ range: Range<Int>, into steps: UnsafeMutableBufferPointer<Step>) -> Int {
        var count = 0
        for index in range {
            let next = self.steps(from: place(of: pairs.opening[index]), at: Int(pairs.opening[index].first))
            if let step = next.byWord {
                steps[count] = step
                count &+= 1
            }
            if let step = next.byBase {
                steps[count] = step
                count &+= 1
            }
        }
        for step in steps[..<count] { cquerybank_prefetch(image.phrases + step.slot) }
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

    /// What may follow a phrase: its next word, and x where that is x's.
    private func steps(from place: Place, at first: Int) -> (byWord: Step?, byBase: Step?) {
        guard place.next < words.count else { return (nil, nil) }
        let slot = found.slotOf[place.next]
        let goesOn = slot != WordRecord.none && place.successors &>> (slot & 31) & 1 != 0
        let isPossessive = words.isPossessive(place.next, in: folded)
        guard goesOn || isPossessive, let glue = glue(before: place.next) else { return (nil, nil) }
        let byWord = goesOn ? step(from: place, to: slot | glue, at: first) : nil
        guard isPossessive else { return (byWord, nil) }
        let base = baseOfPossessive(place.next)
        guard base != WordRecord.none, place.successors &>> (base & 31) & 1 != 0 else { return (byWord, nil) }
        return (byWord, step(from: place, to: base | glue, at: first))
    }

    private func step(from place: Place, to word: UInt32, at first: Int) -> Step {
        let chain = Node.chain(place.chain, word: word, seed: image.layout.seed)
        return Step(
            slot: image.phraseSlot(of: chain), parent: place.node, word: word, chain: chain,
            next: place.next &+ 1, first: first)
    }

    /// Takes a step if the list has the phrase, and all that follow it; every query on the way is a hit. An entry's
    /// length bounds the depth.
    private mutating func take(_ step: Step) {
        let record = image.phrases[step.slot]
        guard record.parent == step.parent, record.word == step.word else { return }
        if record.query != WordRecord.none { hits.append(word: step.first, id: record.query) }
        guard record.successors != 0 else { return }
        let place = Place(
            node: UInt32(truncatingIfNeeded: step.slot) | Node.phraseBit, chain: step.chain,
            successors: record.successors, next: step.next)
        walk(from: place, at: step.first)
    }

    private mutating func walk(from place: Place, at first: Int) {
        let next = steps(from: place, at: first)
        if let step = next.byWord { take(step) }
        if let step = next.byBase { take(step) }
    }

    private func place(of opening: cquerybank_opening) -> Place {
        Place(
            node: opening.phrase | Node.phraseBit, chain: opening.chain,
            successors: image.phrases[Int(opening.phrase)].successors, next: Int(opening.first) &+ 2)
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
                take(step(from: place(of: found.slotOf[word - 1], next: word), to: base | glue, at: word))
            }
        }
        swap(&hits, &possessiveHits)
    }
}
