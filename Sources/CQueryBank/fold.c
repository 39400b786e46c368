#include "cquerybank.h"
#include "fold_table.h"
#include "vector.h"

// An entry of the tables: kind in bits 0-2, flags in 3-5, then length or combining class in 8-15 and the place in
// the pool in 16-31. fold_table.py writes them.
enum { SEPARATOR, WORD, LETTER, MARK, DROP, MAPPED };
enum { COMPOSES = 8, STARTS_INSIDE = 16, ENDS_LETTER = 32 };

#define ILL_FORMED UINT32_MAX
#define NO_STARTER UINT32_MAX

INLINE bool is_continuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// Decodes the scalar at `at`, of which `left` bytes may be read, and gives its length; ill-formed bytes go one by
// one (Unicode 14, table 3-7).
INLINE size_t decode(const uint8_t *at, size_t left, uint32_t *scalar) {
    uint8_t lead = at[0];
    if (lead >= 0xC2 && lead < 0xE0 && left >= 2 && is_continuation(at[1])) {
        *scalar = (uint32_t)(lead & 0x1F) << 6 | (at[1] & 0x3F);
        return 2;
    }
    if (lead >= 0xE0 && lead < 0xF0 && left >= 3 && is_continuation(at[1]) && is_continuation(at[2])) {
        uint32_t value = (uint32_t)(lead & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F);
        *scalar = value;
        if (value >= 0x800 && (value < 0xD800 || value > 0xDFFF)) return 3;
    } else if (lead >= 0xF0 && lead < 0xF5 && left >= 4 && is_continuation(at[1]) && is_continuation(at[2]) &&
               is_continuation(at[3])) {
        uint32_t value = (uint32_t)(lead & 0x07) << 18 | (uint32_t)(at[1] & 0x3F) << 12 |
                         (uint32_t)(at[2] & 0x3F) << 6 | (at[3] & 0x3F);
        *scalar = value;
        if (value >= 0x10000 && value <= 0x10FFFF) return 4;
    }
    *scalar = ILL_FORMED;
    return 1;
}

INLINE uint32_t entry_of(const uint16_t *index, const uint32_t *entries, uint32_t scalar) {
    if (scalar < 0x30000) return entries[(uint32_t)index[scalar >> 6] << 6 | (scalar & 63)];
    if (scalar < 0x40000) return LETTER;
    if (scalar >= 0xE0000 && scalar < 0xE1000) return DROP;  // tags and variation selectors
    return SEPARATOR;
}

static bool composes(uint32_t first, uint32_t second) {
    if (first == NO_STARTER) return true;
    if (second >= 0x1161 && second < 0x1176) return first >= 0x1100 && first < 0x1113;
    if (second >= 0x11A8 && second < 0x11C3) return first >= 0xAC00 && first < 0xD7A4;
    uint64_t pair = (uint64_t)first << 32 | second;
    size_t low = 0, high = CQUERYBANK_PAIR_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cquerybank_pairs[middle] < pair) low = middle + 1;
        else high = middle;
    }
    return low < CQUERYBANK_PAIR_COUNT && cquerybank_pairs[low] == pair;
}

// Whether the entry must wait for NFKC: a mark that composes with the last starter or stands out of order, or a
// longer form that begins or ends with such marks.
INLINE bool needs_composition(const cquerybank_folder *folder, uint32_t scalar, uint32_t entry) {
    uint32_t kind = entry & 7;
    if (entry & COMPOSES) {
        if (kind == MAPPED || kind == SEPARATOR || composes(folder->last_starter, scalar)) return true;
    }
    uint32_t class = kind == MARK ? entry >> 8 & 0xFF : 0;
    return class != 0 && class < folder->last_class && folder->marks < CQUERYBANK_MAX_MARKS;
}

// Copies a piece of the pool; both ends are padded.
INLINE uint8_t *copy_mapped(uint8_t *out, const uint8_t *piece, size_t length) {
    memcpy(out, piece, 16);
    if (length > 16) memcpy(out, piece, length);
    return out + length;
}

// Copies the bytes of one scalar; nothing beyond them is read, since a caller's text ends where it ends.
INLINE uint8_t *copy_scalar(uint8_t *out, const uint8_t *at, size_t length) {
    memcpy(out, at, 2);
    if (length > 2) memcpy(out + length - 2, at + length - 2, 2);
    return out + length;
}

INLINE uint8_t *leave_letter(cquerybank_folder *folder, uint8_t *out) {
    if (folder->in_letter) *out++ = CQUERYBANK_GLUE;
    folder->in_letter = false;
    return out;
}

INLINE uint8_t *put(
    cquerybank_folder *folder, uint8_t *out, const uint8_t *at, size_t length, uint32_t scalar, uint32_t entry) {
    uint8_t class = 0;
    switch (entry & 7) {
    case WORD:
        out = copy_scalar(leave_letter(folder, out), at, length);
        break;
    case LETTER:
        *out++ = CQUERYBANK_GLUE;
        out = copy_scalar(out, at, length);
        folder->in_letter = true;
        break;
    case MARK:
        class = (uint8_t)(entry >> 8);
        // Composed text was cut to the bound before, and may have grown beyond it since.
        if (class == 0 || folder->marks < CQUERYBANK_MAX_MARKS || folder->is_composed) out = copy_scalar(out, at, length);
        break;
    case DROP:
        if (entry >> 8 & 0xFF) {
            folder->marks++;
            return out;
        }
        break;
    case MAPPED:
        if (!(entry & STARTS_INSIDE)) out = leave_letter(folder, out);
        out = copy_mapped(out, cquerybank_pool + (entry >> 16), entry >> 8 & 0xFF);
        folder->in_letter = (entry & ENDS_LETTER) != 0;
        scalar = NO_STARTER;
        break;
    default:
        out = leave_letter(folder, out);
        *out++ = ' ';
    }
    folder->last_class = class;
    folder->marks = class == 0 ? 0 : folder->marks + 1;
    if (class == 0) folder->last_starter = scalar;
    return out;
}

INLINE uint8_t fold_ascii(uint8_t byte, bool keep_newlines) {
    if (byte >= 'A' && byte <= 'Z') return byte | 0x20;
    if (byte == '`') return '\'';
    return byte == '\n' && !keep_newlines ? ' ' : byte;
}

// Folds from `consumed` up to `end` or a little beyond, scalar by scalar.
INLINE cquerybank_fold_status fold_scalars(cquerybank_folder *folder, size_t end) {
    const uint16_t *index = folder->keep_diacritics ? cquerybank_keep_index : cquerybank_fold_index;
    const uint32_t *entries = folder->keep_diacritics ? cquerybank_keep_entries : cquerybank_fold_entries;
    uint8_t *out = folder->folded + folder->produced;
    size_t position = folder->consumed;
    cquerybank_fold_status status = CQUERYBANK_FOLD_DONE;
    while (position < end) {
        const uint8_t *at = folder->raw + position;
        if (*at < 0x80) {
            folder->safe_consumed = position;
            folder->safe_produced = (size_t)(out - folder->folded);
            folder->safe_in_letter = folder->in_letter;
            out = leave_letter(folder, out);
            *out++ = fold_ascii(*at, folder->keep_newlines);
            folder->last_starter = *at;
            folder->last_class = 0;
            folder->marks = 0;
            position += 1;
            continue;
        }
        uint32_t scalar;
        size_t length = decode(at, folder->raw_count - position, &scalar);
        uint32_t entry = entry_of(index, entries, scalar);
        if (!folder->is_composed && needs_composition(folder, scalar, entry)) {
            status = CQUERYBANK_FOLD_NEEDS_COMPOSITION;
            break;
        }
        out = put(folder, out, at, length, scalar, entry);
        position += length;
    }
    folder->consumed = position;
    folder->produced = (size_t)(out - folder->folded);
    return status;
}

// Folds 64 bytes of ASCII; false, and nothing done, if they are not all ASCII.
INLINE bool fold_block(const uint8_t *raw, uint8_t *folded, bool keep_newlines) {
    bytes64 block;
    memcpy(&block, raw, 64);
    if (MASK(block >= 0x80)) return false;
    bytes64 upper = (bytes64)((bytes64)(block - 'A') < 26);
    block |= upper & 0x20;
    bytes64 backquote = (bytes64)(block == '`');
    block = (block & ~backquote) | (backquote & '\'');
    if (!keep_newlines) {
        bytes64 newline = (bytes64)(block == '\n');
        block = (block & ~newline) | (newline & ' ');
    }
    memcpy(folded, &block, 64);
    return true;
}

INLINE cquerybank_fold_status cquerybank_fold_body(cquerybank_folder *folder) {
    bool keep_newlines = folder->keep_newlines;
    while (folder->consumed < folder->raw_count) {
        if (folder->folded_capacity - folder->produced < CQUERYBANK_FOLD_ROOM) return CQUERYBANK_FOLD_NEEDS_ROOM;
        size_t left = folder->raw_count - folder->consumed;
        size_t end = folder->consumed + (left < 64 ? left : 64);
        if (left >= 64 && !folder->in_letter &&
            fold_block(folder->raw + folder->consumed, folder->folded + folder->produced, keep_newlines)) {
            folder->consumed = end;
            folder->produced += 64;
            folder->safe_consumed = end - 1;
            folder->safe_produced = folder->produced - 1;
            folder->safe_in_letter = false;
            folder->last_starter = folder->raw[end - 1];
            folder->last_class = 0;
            folder->marks = 0;
            continue;
        }
        cquerybank_fold_status status = fold_scalars(folder, end);
        if (status != CQUERYBANK_FOLD_DONE) return status;
    }
    return CQUERYBANK_FOLD_DONE;
}

DISPATCH(cquerybank_fold_status, cquerybank_fold, (cquerybank_folder * folder), (folder))
