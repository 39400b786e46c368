"""Writes fold_table.c: what every Unicode scalar becomes in a normalised text. usage: fold_table.py > fold_table.c

Run with a Python whose unicodedata is the version pinned below; the rules are those of ../QueryBank/DESIGN.md.
"""

import sys
import unicodedata as ucd

VERSION = "14.0.0"
LIMIT = 0x30000  # beyond lie Han (to 0x3FFFF), tags and private use, which the C code knows by range
BLOCK = 64

# Step 0, before NFKC: apostrophes people type, and trademark signs that NFKC would glue to the word as letters.
APOSTROPHES = set("'`\u00b4\u2018\u2019\u201b\u02bc\uff07")
SEPARATORS = {"\u2120", "\u2122", "\u200b"}

# Default-ignorable code points (DerivedCoreProperties), without U+200B, which marks a word's end.
IGNORABLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200C, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
]

# Marks that are spelling aids in their scripts (Latin, Greek, Cyrillic, Hebrew, Arabic, Syriac, symbols). Marks
# elsewhere are vowels or change the letter (Thai tones, Indic vowels, Kana voicing) and stay.
DIACRITICS = [
    (0x300, 0x36F), (0x483, 0x489), (0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5),
    (0x5C7, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E4),
    (0x6E7, 0x6E8), (0x6EA, 0x6ED), (0x711, 0x711), (0x730, 0x74A), (0x8D3, 0x8E1), (0x8E3, 0x8FF),
    (0x1AB0, 0x1ACE), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0xFE20, 0xFE2F),
]

# Han, Kana, Thai, Lao, Khmer: letters and digits in these ranges match by substring.
SUBSTRING = [
    (0xE00, 0xEFF), (0x1780, 0x17FF), (0x19E0, 0x19FF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303C),
    (0x3041, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF),
]

# Kinds and flags of an entry; the same numbers stand in fold.c.
SEPARATOR, WORD, LETTER, MARK, DROP, MAPPED = range(6)
COMPOSES, STARTS_INSIDE, ENDS_LETTER = 8, 16, 32


def within(char, ranges):
    return any(low <= ord(char) <= high for low, high in ranges)


def is_diacritic(char):
    return ucd.category(char)[0] == "M" and within(char, DIACRITICS)


def kind_of(char):
    """The kind of a scalar of the output."""
    category = ucd.category(char)[0]
    if category == "M":
        return MARK
    if category not in "LN":
        return SEPARATOR
    return LETTER if within(char, SUBSTRING) else WORD


def composing_pairs():
    """Pairs of scalars that NFC joins into one, without Hangul, whose pairs are arithmetic."""
    for code in range(LIMIT):
        parts = ucd.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0][0] != "<" and ucd.normalize("NFC", chr(code)) == chr(code):
            yield chr(int(parts[0], 16)), chr(int(parts[1], 16))


PAIRS = sorted(composing_pairs())
# Scalars that may join the one before them: NFC_Quick_Check=Maybe.
COMPOSING = {second for _, second in PAIRS} | set(map(chr, [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]))


def fold(char, keep):
    """NFKC, case folding and, unless kept, removal of diacritics, of one scalar."""
    def strip(text):
        return text if keep else "".join(c for c in text if not is_diacritic(c))

    text = strip(ucd.normalize("NFKD", char)).casefold()
    return ucd.normalize("NFKC", strip(ucd.normalize("NFKD", text)))


def depends_on_context(char, keep):
    """Whether NFKC of a text may join or reorder this scalar's form with its neighbours'."""
    form = ucd.normalize("NFKD", char)
    if not keep:
        form = "".join(c for c in form if not is_diacritic(c))
    if not form:
        return False
    # The C code watches the order of marks that stand for themselves, not of those hidden in a longer form.
    composed = ucd.normalize("NFC", form)
    hidden = form != char and (ucd.combining(form[0]) or ucd.combining(composed[-1]))
    return form[0] in COMPOSING or bool(hidden)


def check_diacritics():
    """Dropping a diacritic must give what folding its composition gives, or order would matter."""
    for first, second in PAIRS:
        whole = ucd.normalize("NFC", first + second)
        assert not is_diacritic(second) or fold(whole, False) == fold(first, False), (first, second)


def encode(text):
    """The bytes a mapping writes, with 0xFF before each substring letter, and its flags."""
    out, flags, previous = b"", 0, None
    for index, char in enumerate(text):
        kind = SEPARATOR if char == "'" else kind_of(char)
        if kind == LETTER or (previous == LETTER and kind != MARK):
            out += b"\xff"
        if index == 0 and kind in (LETTER, MARK):
            flags |= STARTS_INSIDE
        if char == "'":
            out += b"'"
        else:
            out += b" " if kind == SEPARATOR else char.encode()
        if not (kind == MARK and previous == LETTER):
            previous = kind
    return out, flags | (ENDS_LETTER if previous == LETTER else 0)


class Pool:
    def __init__(self):
        self.bytes, self.places = b"", {}

    def place(self, piece):
        if piece not in self.places:
            found = self.bytes.find(piece)
            if found < 0:
                found = len(self.bytes)
                self.bytes += piece
            self.places[piece] = found
        return self.places[piece]


def entry(code, keep, pool):
    char = chr(code)
    if 0xD800 <= code < 0xE000 or char in SEPARATORS:
        return SEPARATOR
    if char in APOSTROPHES:
        return MAPPED | 1 << 8 | pool.place(b"'") << 16
    if within(char, IGNORABLE):
        return DROP
    if not keep and is_diacritic(char):
        return DROP | ucd.combining(char) << 8
    flags = COMPOSES if depends_on_context(char, keep) else 0
    text = "".join(
        "'" if c in APOSTROPHES else c for c in fold(char, keep) if not within(c, IGNORABLE))
    if text == char:
        return kind_of(char) | flags | (ucd.combining(char) << 8 if kind_of(char) == MARK else 0)
    if all(c != "'" and kind_of(c) == SEPARATOR for c in text):
        return (SEPARATOR if text else DROP) | flags
    piece, more = encode(text)
    return MAPPED | flags | more | len(piece) << 8 | pool.place(piece) << 16


def rows(values, width=16):
    for index in range(0, len(values), width):
        yield "    " + ",".join(map(str, values[index:index + width])) + ","


def write(keep, pool, name):
    blocks, index = {}, []
    for start in range(0, LIMIT, BLOCK):
        block = tuple(entry(code, keep, pool) for code in range(start, start + BLOCK))
        index.append(blocks.setdefault(block, len(blocks)))
    values = [value for block in blocks for value in block]
    print(f"const uint16_t cquerybank_{name}_index[{len(index)}] = {{", *rows(index), "};", sep="\n")
    print(f"const uint32_t cquerybank_{name}_entries[{len(values)}] = {{", *rows(values, 12), "};", sep="\n")


def main():
    if ucd.unidata_version != VERSION:
        sys.exit(f"this Python knows Unicode {ucd.unidata_version}; the table is of {VERSION}")
    check_diacritics()
    pool = Pool()
    print(f"// Written by fold_table.py from Unicode {VERSION}; change that, not this.\n")
    print('#include "fold_table.h"\n')
    write(False, pool, "fold")
    write(True, pool, "keep")
    assert len(pool.bytes) < 1 << 16
    pool.bytes += bytes(16)  # a short piece is copied as 16 bytes
    pairs = [ord(first) << 32 | ord(second) for first, second in PAIRS]
    print(f"const uint64_t cquerybank_pairs[{len(pairs)}] = {{", *rows(pairs, 8), "};", sep="\n")
    print(f"const uint8_t cquerybank_pool[{len(pool.bytes)}] = {{", *rows(pool.bytes, 24), "};", sep="\n")


main()
