internal import CQueryBank

/// Turns rows into the tables of a bank: gathers words and phrases, then gives each a slot of a perfect hash.
struct BankCompiler: ~Copyable {
    /// Rows folded at once: enough that a call costs nothing, little enough to stay in cache.
    private static let batchBytes = 1 << 18

    private var batch: [UInt8] = []
    private var folded: FoldedText
    private var bounds = WordBounds()
    private var words = KeyTable()
    private var wordQueries: [UInt32] = []
    private var longWords: [UInt8] = []
    private var longWordPlaces: [UInt32: UInt32] = [:]
    private var phrases = KeyTable()
    private var phraseQueries: [UInt32] = []
    /// The node of each row, numbered by order of arrival; `finish` renumbers them by slot.
    private var rowNodes: [UInt32] = []
    private var refused: [Int] = []
    private var sources: [String: Int] = [:]
    /// Rows given so far.
    private(set) var rows = 0

    init(diacritics: TextNormaliser.Diacritics) { folded = FoldedText(diacritics: diacritics) }

    /// Adds a row.
    mutating func append(_ text: some Collection<UInt8>, source: String? = nil) {
        if let source { sources[source, default: 0] += 1 }
        if text.count <= QueryList.maxEntryBytes {
            for byte in text { batch.append(byte == UInt8(ascii: "\n") ? UInt8(ascii: " ") : byte) }
        } else {
            refused.append(rows)
        }
        batch.append(UInt8(ascii: "\n"))
        rows += 1
        if batch.count >= Self.batchBytes { takeBatch() }
    }

    private mutating func takeBatch() {
        batch.withUnsafeBytes { folded.fold($0, keepingNewlines: true) }
        batch.removeAll(keepingCapacity: true)
        bounds.split(folded)
        var start = 0
        for text in 0..<bounds.textCount {
            let end = Int(bounds.textEnds[text])
            takeRow(start..<end)
            start = end
        }
    }

    private mutating func takeRow(_ range: Range<Int>) {
        let row = rowNodes.count
        guard let first = range.first else { return rowNodes.append(Node.empty) }
        guard var node = intern(word: first) else { return refuse(row) }
        for position in range.dropFirst() {
            guard let word = intern(word: position) else { return refuse(row) }
            let glue = bounds.gap(before: position, in: folded) == .glue ? PhraseRecord.glueBit : 0
            let (index, isNew) = phrases.intern(UInt64(node) << 32 | UInt64(word | glue), 0)
            if isNew { phraseQueries.append(WordRecord.none) }
            node = index | Node.phraseBit
        }
        rowNodes.append(node)
        if node & Node.phraseBit == 0 {
            if wordQueries[Int(node)] == WordRecord.none { wordQueries[Int(node)] = UInt32(row) }
        } else {
            let index = Int(node & ~Node.phraseBit)
            if phraseQueries[index] == WordRecord.none { phraseQueries[index] = UInt32(row) }
        }
    }

    private mutating func refuse(_ row: Int) {
        rowNodes.append(Node.refused)
        refused.append(row)
    }

    /// The number of a word; `nil` for a long word whose hash another long word has already, which no accident makes.
    private mutating func intern(word position: Int) -> UInt32? {
        let start = Int(bounds.places[2 * position])
        let count = Int(bounds.places[2 * position + 1]) - start
        let key = cquerybank_key_of(folded.bytes + start, count)
        let (index, isNew) = words.intern(key.first, key.second)
        if isNew { wordQueries.append(WordRecord.none) }
        guard key.second >= CQUERYBANK_LONG else { return index }
        let text = UnsafeBufferPointer(start: folded.bytes + start, count: count)
        if let place = longWordPlaces[index].map(Int.init) {
            return longWords[place..<place + count].elementsEqual(text) ? index : nil
        }
        longWordPlaces[index] = UInt32(longWords.count)
        longWords.append(contentsOf: text)
        return index
    }
}

extension BankCompiler {
    /// Slots for all words and phrases under one seed.
    private struct Plan {
        let seed: UInt64
        let words: PerfectHash.Plan
        let phrases: PerfectHash.Plan

        /// The node by slots of a node by order of arrival.
        func renumber(_ node: UInt32) -> UInt32 {
            if node >= Node.refused { return node }
            if node & Node.phraseBit == 0 { return words.slots[Int(node)] }
            return phrases.slots[Int(node & ~Node.phraseBit)] | Node.phraseBit
        }

        /// The word by its slot, the glue bit kept.
        func renumber(word: UInt32) -> UInt32 {
            words.slots[Int(word & ~PhraseRecord.glueBit)] | word & PhraseRecord.glueBit
        }
    }

    /// Compiles what was given.
    consuming func finish(listSHA256: [UInt8]) -> BankImage {
        takeBatch()
        for row in refused { rowNodes[row] = Node.refused }
        let plan = plan()
        let names = sources.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }.joined()
        var layout = BankLayout()
        layout.diacritics = folded.diacritics
        layout.seed = plan.seed
        layout.rows = rowNodes.count
        layout.wordBuckets = plan.words.pilots.count
        layout.wordSlots = plan.words.slotCount
        layout.phraseBuckets = plan.phrases.pilots.count
        layout.phraseSlots = plan.phrases.slotCount
        layout.longWordBytes = longWords.count
        layout.sourceBytes = names.utf8.count
        layout.listSHA256 = listSHA256
        return BankImage(layout) { memory, ranges in
            memory.write(plan.words.pilots, at: ranges.wordPilots)
            memory.write(plan.phrases.pilots, at: ranges.phrasePilots)
            memory.write(rowNodes.map { plan.renumber($0) }, at: ranges.rowNodes)
            memory.write(longWords, at: ranges.longWords)
            memory.write(Array(names.utf8), at: ranges.sources)
            let (words, phrases) = records(plan)
            memory.write(words, at: ranges.words)
            memory.write(phrases, at: ranges.phrases)
        }
    }

    /// Tries seeds until no two keys collide, which one in a hundred million lists needs a second for.
    private func plan() -> Plan {
        var seed: UInt64 = 0x8EBC_6AF0_9C88_C6E3
        while true {
            let hashes = words.indices.map {
                cquerybank_hash(cquerybank_key(first: words[$0].0, second: words[$0].1), seed)
            }
            if let wordPlan = PerfectHash.plan(hashes),
                let phrasePlan = PerfectHash.plan(chains(wordPlan, seed: seed))
            {
                return Plan(seed: seed, words: wordPlan, phrases: phrasePlan)
            }
            seed = cquerybank_mix(seed, 0x5851_F42D_4C95_7F2D)
        }
    }

    /// What each phrase's look-up hashes. A phrase arrives after its parent.
    private func chains(_ plan: PerfectHash.Plan, seed: UInt64) -> [UInt64] {
        var chains: [UInt64] = []
        chains.reserveCapacity(phrases.count)
        for index in phrases.indices {
            let (parent, word) = phrase(index)
            let slot = plan.slots[Int(word & ~PhraseRecord.glueBit)] | word & PhraseRecord.glueBit
            let start =
                parent & Node.phraseBit == 0
                ? Node.chain(slot: plan.slots[Int(parent)]) : chains[Int(parent & ~Node.phraseBit)]
            chains.append(Node.chain(start, word: slot, seed: seed))
        }
        return chains
    }

    private func phrase(_ index: Int) -> (parent: UInt32, word: UInt32) {
        let key = phrases[index].0
        return (UInt32(key >> 32), UInt32(truncatingIfNeeded: key))
    }

    private func records(_ plan: Plan) -> ([WordRecord], [PhraseRecord]) {
        var free = WordRecord()
        free.query = WordRecord.none
        var wordRecords = [WordRecord](repeating: free, count: plan.words.slotCount)
        for index in words.indices {
            let slot = Int(plan.words.slots[index])
            (wordRecords[slot].key.first, wordRecords[slot].key.second) = words[index]
            wordRecords[slot].query = wordQueries[index]
            wordRecords[slot].place = longWordPlaces[UInt32(index)] ?? 0
        }
        var phraseRecords = [PhraseRecord](repeating: .free, count: plan.phrases.slotCount)
        for index in phrases.indices {
            let (parent, word) = phrase(index)
            let slot = Int(plan.phrases.slots[index])
            phraseRecords[slot].parent = plan.renumber(parent)
            phraseRecords[slot].word = plan.renumber(word: word)
            phraseRecords[slot].query = phraseQueries[index]
            let last = plan.renumber(word: word) & ~PhraseRecord.glueBit
            let before = Int(plan.renumber(parent) & ~Node.phraseBit)
            if parent & Node.phraseBit == 0 {
                wordRecords[before].successors |= 1 << (last & 31)
                wordRecords[Int(last)].predecessors |= 1 << UInt32(before & 31)
            } else {
                phraseRecords[before].successors |= 1 << (last & 31)
            }
        }
        return (wordRecords, phraseRecords)
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func write<Element: BitwiseCopyable>(_ elements: [Element], at range: Range<Int>) {
        elements.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: self[range]).copyMemory(from: $0) }
    }
}
