internal import CQueryBank
internal import Foundation

/// The tables of a compiled list, in memory or mapped from a file: the same bytes either way.
///
/// Unchecked because the memory never changes after `init` and is freed when the last reference goes.
final class BankImage: @unchecked Sendable {
    let memory: UnsafeRawBufferPointer
    let layout: BankLayout
    let wordTable: cquerybank_table
    let words: UnsafePointer<WordRecord>
    let phraseTable: cquerybank_table
    let phrases: UnsafePointer<PhraseRecord>
    let rowNodes: UnsafePointer<UInt32>
    private let isMapped: Bool

    /// Takes over memory that `BankLayout` accepts.
    private init(_ memory: UnsafeRawBufferPointer, isMapped: Bool, layout: BankLayout) {
        self.memory = memory
        self.isMapped = isMapped
        self.layout = layout
        let ranges = layout.ranges
        func section<Element>(_ range: Range<Int>, _: Element.Type) -> UnsafePointer<Element> {
            let start = UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped) + range.lowerBound
            return start.bindMemory(to: Element.self, capacity: range.count / MemoryLayout<Element>.stride)
        }
        wordTable = cquerybank_table(
            pilots: section(ranges.wordPilots, UInt16.self), buckets: UInt64(layout.wordBuckets),
            slots: UInt64(layout.wordSlots))
        words = section(ranges.words, WordRecord.self)
        phraseTable = cquerybank_table(
            pilots: section(ranges.phrasePilots, UInt16.self), buckets: UInt64(layout.phraseBuckets),
            slots: UInt64(layout.phraseSlots))
        phrases = section(ranges.phrases, PhraseRecord.self)
        rowNodes = section(ranges.rowNodes, UInt32.self)
    }

    /// Fills memory of the layout's size, which starts as zeros, and writes the head over it.
    convenience init(_ layout: BankLayout, fill: (UnsafeMutableRawBufferPointer, BankLayout.Ranges) -> Void) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: layout.ranges.total, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        fill(memory, layout.ranges)
        layout.write(to: memory)
        self.init(UnsafeRawBufferPointer(memory), isMapped: false, layout: layout)
    }

    /// Maps a compiled file and checks all of it.
    convenience init(mapping path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
        let size = Int(status.st_size)
        guard size >= BankLayout.headerBytes else {
            throw QueryBankError(.badFormat, "\(path): not a compiled query bank; compile the list again")
        }
        // Every page is about to be checksummed: populating them at once saves a fault for each.
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0),
            base != MAP_FAILED
        else { throw Self.unreadable(path) }
        let memory = UnsafeRawBufferPointer(start: base, count: size)
        do {
            self.init(memory, isMapped: true, layout: try BankLayout(checking: memory, path: path))
        } catch {
            munmap(base, size)
            throw error
        }
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: memory.baseAddress), memory.count)
        } else {
            memory.deallocate()
        }
    }

    private static func unreadable(_ path: String) -> QueryBankError {
        QueryBankError(
            .cannotRead, "\(path): cannot be read (\(String(cString: strerror(errno)))); check the path")
    }
}

extension BankImage {
    /// The slot of a word of the list, or `WordRecord.none`.
    func slot(of bytes: UnsafePointer<UInt8>, count: Int) -> UInt32 {
        var lookup = lookup
        return cquerybank_find(&lookup, bytes, count)
    }

    /// What a look-up of words needs of the tables.
    var lookup: cquerybank_lookup {
        var lookup = cquerybank_lookup()
        lookup.table = wordTable
        lookup.seed = layout.seed
        lookup.records = words
        let longWords = layout.ranges.longWords
        lookup.long_words = memory.baseAddress.map {
            ($0 + longWords.lowerBound).assumingMemoryBound(to: UInt8.self)
        }
        lookup.long_word_bytes = UInt64(longWords.count)
        return lookup
    }

    @inline(__always)
    func phraseSlot(of chain: UInt64) -> Int {
        let bucket = cquerybank_bucket(chain, phraseTable.buckets)
        return cquerybank_slot_by(chain, phraseTable.pilots[bucket], phraseTable.slots)
    }

    /// The child of a node by a word; `nil` if no phrase goes on so.
    @inline(__always)
    func phrase(after parent: UInt32, word: UInt32, chain: UInt64) -> UInt32? {
        let slot = phraseSlot(of: chain)
        return phrases[slot].parent == parent && phrases[slot].word == word ? UInt32(slot) : nil
    }

    /// The query that ends at a node, or `WordRecord.none`.
    func query(at node: UInt32) -> UInt32 {
        let slot = Int(node & ~Node.phraseBit)
        if node & Node.phraseBit != 0 {
            return slot < layout.phraseSlots ? phrases[slot].query : WordRecord.none
        }
        return slot < layout.wordSlots ? words[slot].query : WordRecord.none
    }

    /// The normalised text of a row.
    func text(ofRow row: Int) -> String {
        var node = rowNodes[row]
        guard node != Node.empty, node != Node.refused else { return "" }
        // Last word first; every step leads to a shorter phrase, and an entry bounds how many there are.
        var parts: [ArraySlice<UInt8>] = []
        while node & Node.phraseBit != 0, parts.count < 2 * QueryList.maxEntryBytes {
            let slot = Int(node & ~Node.phraseBit)
            guard slot < layout.phraseSlots else { break }
            let word = phrases[slot].word
            parts.append(text(ofWord: Int(word & ~PhraseRecord.glueBit))[...])
            if word & PhraseRecord.glueBit == 0 { parts.append([UInt8(ascii: " ")]) }
            node = phrases[slot].parent
        }
        parts.append(text(ofWord: Int(node))[...])
        return String(decoding: parts.reversed().joined(), as: UTF8.self)
    }

    private func text(ofWord slot: Int) -> [UInt8] {
        guard slot < layout.wordSlots else { return [] }
        let record = words[slot]
        if record.isLong { return Array(longWord(slot)) }
        let bytes = [record.key.first, record.key.second].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return Array(bytes.prefix { $0 != 0 })
    }

    private func longWord(_ slot: Int) -> Slice<UnsafeRawBufferPointer> {
        let section = layout.ranges.longWords
        let start = section.lowerBound + Int(words[slot].place)
        let end = start + Int(words[slot].key.second & 0xFFFF_FFFF)
        return end <= section.upperBound ? memory[start..<end] : memory[0..<0]
    }
}
