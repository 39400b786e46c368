internal import CQueryBank

/// The head of a compiled bank and the places of its sections, which follow from the counts in it.
///
/// All numbers are little-endian. Sections start at multiples of 64 bytes, in the order of `ranges`.
struct BankLayout {
    static let magic: [UInt8] = Array("wit.bank".utf8)
    static let version: UInt32 = 1
    static let headerBytes = 192
    private static let checksumAt = 16

    var diacritics = TextNormaliser.Diacritics.fold
    var seed: UInt64 = 0
    var rows = 0
    var wordBuckets = 0
    var wordSlots = 0
    var phraseBuckets = 0
    var phraseSlots = 0
    var longWordBytes = 0
    var sourceBytes = 0
    var listSHA256 = [UInt8](repeating: 0, count: 32)

    struct Ranges {
        var wordPilots = 0..<0
        var words = 0..<0
        var phrasePilots = 0..<0
        var phrases = 0..<0
        var rowNodes = 0..<0
        var longWords = 0..<0
        var sources = 0..<0
        var total = 0
    }

    var ranges: Ranges {
        var end = Self.headerBytes
        func next(_ count: Int, _ stride: Int) -> Range<Int> {
            let start = end
            end = (start + count * stride + 63) & ~63
            return start..<start + count * stride
        }
        var ranges = Ranges()
        ranges.wordPilots = next(wordBuckets, 2)
        ranges.words = next(wordSlots, MemoryLayout<WordRecord>.stride)
        ranges.phrasePilots = next(phraseBuckets, 2)
        ranges.phrases = next(phraseSlots, MemoryLayout<PhraseRecord>.stride)
        ranges.rowNodes = next(rows, 4)
        ranges.longWords = next(longWordBytes, 1)
        ranges.sources = next(sourceBytes, 1)
        ranges.total = end
        return ranges
    }
}

extension BankLayout {
    private static let diacriticsOrder: [TextNormaliser.Diacritics] = [.fold, .keep]

    /// Writes the head, the checksum last.
    func write(to memory: UnsafeMutableRawBufferPointer) {
        memory.copyBytes(from: Self.magic)
        memory.store(Self.version, at: 8)
        memory.store(UInt32(TextNormaliser.version), at: 12)
        memory.store(UInt64(ranges.total), at: 24)
        memory.store(seed, at: 64)
        memory.store(UInt32(Self.diacriticsOrder.firstIndex(of: diacritics) ?? 0), at: 72)
        for (index, count) in counts.enumerated() { memory.store(UInt32(count), at: 76 + 4 * index) }
        UnsafeMutableRawBufferPointer(rebasing: memory[128..<160]).copyBytes(from: listSHA256)
        memory.store(Self.checksum(UnsafeRawBufferPointer(memory)), at: Self.checksumAt)
    }

    private var counts: [Int] {
        [rows, wordBuckets, wordSlots, phraseBuckets, phraseSlots, longWordBytes, sourceBytes]
    }

    /// Reads the head of a whole file and checks everything that can be checked; `path` is for the error.
    init(checking memory: UnsafeRawBufferPointer, path: String) throws {
        guard memory.count >= Self.headerBytes, memory.prefix(8).elementsEqual(Self.magic) else {
            throw QueryBankError(.badFormat, "\(path): not a compiled query bank; compile the list again")
        }
        let version = (memory.load(UInt32.self, at: 8), memory.load(UInt32.self, at: 12))
        guard version == (Self.version, UInt32(TextNormaliser.version)) else {
            throw QueryBankError(
                .otherVersion,
                "\(path): made by another version (format \(version.0), normaliser \(version.1); this one has "
                    + "\(Self.version), \(TextNormaliser.version)); compile the list again")
        }
        guard memory.load(UInt64.self, at: 24) == UInt64(memory.count), memory.count.isMultiple(of: 64),
            memory.load(UInt64.self, at: Self.checksumAt) == Self.checksum(memory)
        else {
            throw QueryBankError(
                .damaged, "\(path): its bytes are not those that were written; compile the list again")
        }
        let count = { Int(memory.load(UInt32.self, at: 76 + 4 * $0)) }
        seed = memory.load(UInt64.self, at: 64)
        let option = Int(memory.load(UInt32.self, at: 72))
        (rows, wordBuckets, wordSlots) = (count(0), count(1), count(2))
        (phraseBuckets, phraseSlots, longWordBytes, sourceBytes) = (count(3), count(4), count(5), count(6))
        listSHA256 = Array(memory[128..<160])
        // A checksum proves no good intent: slots are computed from these counts, so they must fit the file.
        guard option < Self.diacriticsOrder.count, wordBuckets > 0, wordSlots > 0, phraseBuckets > 0,
            phraseSlots > 0, ranges.total == memory.count
        else {
            throw QueryBankError(.damaged, "\(path): its counts do not fit its size; compile the list again")
        }
        diacritics = Self.diacriticsOrder[option]
    }

    /// Of all bytes but its own eight. Against accidents; the list's SHA-256 is what names the content.
    static func checksum(_ memory: UnsafeRawBufferPointer) -> UInt64 {
        var head = Array(memory[..<headerBytes])
        for index in checksumAt..<checksumAt + 8 { head[index] = 0 }
        let body = UnsafeRawBufferPointer(rebasing: memory[headerBytes...])
        return cquerybank_mix(
            cquerybank_checksum(head, head.count) | 1,
            cquerybank_checksum(body.assumingMemoryBound(to: UInt8.self).baseAddress, body.count))
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func load<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type, at offset: Int) -> Value
    {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func store(_ value: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
    }
}
