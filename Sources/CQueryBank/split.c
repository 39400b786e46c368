#include "cquerybank.h"
#include "vector.h"

INLINE bool is_word_byte(uint8_t byte) {
    return (uint8_t)(byte - 'a') < 26 || (uint8_t)(byte - '0') < 10 || (byte >= 0x80 && byte != CQUERYBANK_GLUE);
}

// What the splitter carries from one block of 64 bytes to the next.
typedef struct {
    uint64_t word;    // the last byte was a word byte
    uint64_t inside;  // the last byte lies in a word
} carry;

INLINE uint32_t *put_eight(uint32_t *out, uint64_t *bits, uint32_t base) {
    for (int i = 0; i < 8; i++) {
        out[i] = base + (*bits ? (uint32_t)__builtin_ctzll(*bits) : 0);
        *bits &= *bits - 1;
    }
    return out + 8;
}

// Numbers of the set bits, from `base`, at `out`. A branch for each bit costs more than the writes it saves, so they
// go by eights, and the first three, which prose mostly fills, without asking (after simdjson's flatten).
INLINE uint32_t *put_bits(uint32_t *out, uint64_t bits, uint32_t base) {
    uint32_t *end = out + __builtin_popcountll(bits);
    while (out < end) out = put_eight(out, &bits, base);
    return end;
}

// Words whose apostrophe, at a set bit, is followed by a last s.
INLINE void put_possessives(
    const uint8_t *folded, uint32_t base, uint64_t apostrophes, uint64_t starts, cquerybank_words *words) {
    for (; apostrophes; apostrophes &= apostrophes - 1) {
        uint32_t bit = (uint32_t)__builtin_ctzll(apostrophes);
        const uint8_t *at = folded + base + bit;
        bool last = at[1] == 's' && !is_word_byte(at[2]) && !(at[2] == '\'' && is_word_byte(at[3]));
        if (!last) continue;
        size_t word = words->word_count + (size_t)__builtin_popcountll(starts & ((2ULL << bit) - 1)) - 1;
        words->possessives[words->possessive_count++] = (uint32_t)word;
    }
}

INLINE void put_text_ends(uint64_t newlines, uint64_t starts, cquerybank_words *words) {
    for (; newlines; newlines &= newlines - 1) {
        uint64_t before = (newlines & -newlines) - 1;
        words->text_ends[words->text_count++] =
            (uint32_t)words->word_count + (uint32_t)__builtin_popcountll(starts & before);
    }
}

INLINE void cquerybank_split_body(const uint8_t *folded, size_t count, cquerybank_words *words) {
    carry carry = {0, 0};
    uint32_t *bounds = words->bounds;
    for (size_t base = 0; base < count; base += 64) {
        bytes64 block;
        memcpy(&block, folded + base, 64);
        uint64_t valid = count - base >= 64 ? ~0ULL : (1ULL << (count - base)) - 1;
        bytes64 is_word = (bytes64)((bytes64)(block - 'a') < 26) | (bytes64)((bytes64)(block - '0') < 10) |
                          ((bytes64)(block >= 0x80) & (bytes64)(block != CQUERYBANK_GLUE));
        uint64_t word = MASK(is_word != 0) & valid;
        uint64_t apostrophes = MASK(block == '\'') & valid;
        uint64_t newlines = MASK(block == '\n') & valid;
        if (apostrophes) {
            uint64_t next = word >> 1 | (uint64_t)(base + 64 < count && is_word_byte(folded[base + 64])) << 63;
            apostrophes &= (word << 1 | carry.word) & next;
        }
        uint64_t inside = word | apostrophes;
        uint64_t shifted = inside << 1 | carry.inside;
        uint64_t starts = inside & ~shifted;
        bounds = put_bits(bounds, inside ^ shifted, (uint32_t)base);
        if (apostrophes) put_possessives(folded, (uint32_t)base, apostrophes, starts, words);
        if (newlines) put_text_ends(newlines, starts, words);
        words->word_count += (size_t)__builtin_popcountll(starts);
        carry.word = word >> 63;
        carry.inside = inside >> 63;
    }
    // A word that ends with the last full block has no bit for its end yet.
    if (carry.inside) *bounds = (uint32_t)count;
}

DISPATCH(void, cquerybank_split, (const uint8_t *folded, size_t count, cquerybank_words *words), (folded, count, words))
