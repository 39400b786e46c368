/// Byte-level byte-pair encoding over CLIP's vocabulary: bytes of one word in, ids out (Sennrich et al., 2016,
/// section 3.2, with an end-of-word mark on the last byte).
///
/// An id is a byte's rank (0..<256), that plus 256 when the byte ends a word, or 512 plus the merge's rank. So the
/// merge to apply is the one whose result has the smallest id, and one table answers both questions.
struct BytePairEncoder: Sendable {
    /// Ids of the 256 bytes inside a word.
    private let byteIDs: [UInt16]
    /// Whether each id ends a word.
    private let ends: [Bool]
    private let pairs: PairTable

    /// Learns the merges in order.
    init(merges: [(Substring, Substring)], path: String) throws {
        let alphabet = ByteAlphabet()
        var ids: [Substring: UInt16] = [:]
        ids.reserveCapacity(512 + merges.count)
        for (rank, symbol) in alphabet.symbols.enumerated() {
            ids[Substring(symbol)] = UInt16(rank)
            ids[Substring(symbol + "</w>")] = UInt16(rank + 256)
        }
        var pairs = PairTable(capacity: merges.count)
        for (rank, (left, right)) in merges.enumerated() {
            let id = UInt16(512 + rank)
            guard let first = ids[left], let second = ids[right],
                ids.updateValue(id, forKey: left + right) == nil
            else {
                // A symbol made in two ways would also break `merge`'s "smallest id first".
                throw TokenizerError(
                    .mergesInvalid,
                    "\(path) line \(rank + 2) merges an unknown symbol or repeats one: get it again with scripts/setup"
                )
            }
            pairs.insert(first, second, id)
        }
        byteIDs = alphabet.ranks
        ends = ids.sorted { $0.value < $1.value }.map { $0.key.hasSuffix("</w>") }
        self.pairs = pairs
    }

    /// Ids in the vocabulary, without the special ones.
    var count: Int { ends.count }

    /// Whether an id can only stand at the end of a word.
    func endsWord(_ id: Int32) -> Bool { ends.indices.contains(Int(id)) && ends[Int(id)] }

    /// Appends the ids of one word.
    func encode(_ word: some RandomAccessCollection<UInt8>, into ids: inout [Int32]) {
        guard let last = word.last else { return }
        if word.count == 1 {
            ids.append(Int32(byteIDs[Int(last)]) + 256)
            return
        }
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: word.count) { symbols in
            for (index, byte) in word.enumerated() { symbols[index] = byteIDs[Int(byte)] }
            symbols[word.count - 1] += 256
            let count = word.count <= Self.longWord ? mergeShort(symbols) : mergeLong(symbols)
            for index in 0..<count { ids.append(Int32(symbols[index])) }
        }
    }

    /// Above this length the quadratic scan gives way to a heap, so that no caption is slow.
    private static let longWord = 64

    /// Merges in place by rescanning after each step: fastest for words as people write them.
    private func mergeShort(_ symbols: UnsafeMutableBufferPointer<UInt16>) -> Int {
        var count = symbols.count
        return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { merged in
            // merged[i] is what symbols[i] and symbols[i + 1] make, or `none`.
            for index in 0..<count - 1 { merged[index] = pairs.merged(symbols[index], symbols[index + 1]) }
            while count > 1 {
                var best = 0
                for index in 1..<count - 1 where merged[index] < merged[best] { best = index }
                if merged[best] == PairTable.none { break }
                symbols[best] = merged[best]
                count -= 1
                for index in best + 1..<max(best + 1, count) { symbols[index] = symbols[index + 1] }
                for index in best..<max(best, count - 1) { merged[index] = merged[index + 1] }
                if best > 0 { merged[best - 1] = pairs.merged(symbols[best - 1], symbols[best]) }
                if best < count - 1 { merged[best] = pairs.merged(symbols[best], symbols[best + 1]) }
            }
            return count
        }
    }

    /// The same result through a heap of candidate merges and a linked list: n log n for any input.
    private func mergeLong(_ symbols: UnsafeMutableBufferPointer<UInt16>) -> Int {
        var chain = SymbolChain(count: symbols.count)
        var heap = Heap<MergeStep>()
        func offer(_ left: Int) {
            let right = chain.next[left]
            guard right < symbols.count else { return }
            let id = pairs.merged(symbols[left], symbols[right])
            if id != PairTable.none {
                heap.push(.init(id: id, left: left, leftID: symbols[left], rightID: symbols[right]))
            }
        }
        for left in 0..<symbols.count - 1 { offer(left) }
        while let step = heap.pop() {
            let right = chain.next[step.left]
            // A step is stale when either of its symbols has since been merged away.
            guard chain.alive[step.left], right < symbols.count, symbols[step.left] == step.leftID,
                symbols[right] == step.rightID
            else { continue }
            symbols[step.left] = step.id
            chain.remove(right)
            offer(step.left)
            if chain.previous[step.left] >= 0 { offer(chain.previous[step.left]) }
        }
        var count = 0
        for index in 0..<symbols.count where chain.alive[index] {
            symbols[count] = symbols[index]
            count += 1
        }
        return count
    }
}

/// GPT-2's reversible byte alphabet: printable Latin-1 bytes stand for themselves, the others for U+0100 onwards.
struct ByteAlphabet {
    /// The 256 symbols in vocabulary order.
    let symbols: [String]
    /// The place of each byte in that order.
    let ranks: [UInt16]

    init() {
        let printable = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
        let others = (0..<256).filter { !printable.contains($0) }
        var symbols: [String] = []
        var ranks = [UInt16](repeating: 0, count: 256)
        for (rank, byte) in (printable + others).enumerated() {
            let scalar = rank < printable.count ? byte : 0x100 + rank - printable.count
            symbols.append(Unicode.Scalar(scalar).map(String.init) ?? "")
            ranks[byte] = UInt16(rank)
        }
        self.symbols = symbols
        self.ranks = ranks
    }
}
