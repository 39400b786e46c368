#include "cquerybank.h"
#include "vector.h"

// How far hashing runs ahead of comparing, so that a record has arrived from memory when its turn comes; a power of two.
// Both in one loop: what waits for memory in one overlaps with the other's work.
#define AHEAD 64

typedef struct {
    uint64_t chain;
    uint32_t slot, parent, word, second;
    bool is_split;  // the neighbours belong to different texts
} pair;

// Whether a newline is among the bytes from `at` on.
INLINE bool has_newline(const uint8_t *at, size_t count) {
    if (__builtin_expect(count > 8, 0)) return memchr(at, '\n', count) != NULL;
    uint64_t bytes;
    memcpy(&bytes, at, 8);
    bytes &= ~0ULL >> (64 - 8 * count);
    // Zero bytes of `other` are newlines.
    uint64_t other = bytes ^ 0x0A0A0A0A0A0A0A0A;
    return ((other - 0x0101010101010101) & ~other & 0x8080808080808080) != 0;
}

// At least one byte stands between two words.
INLINE pair hash_pair(const cquerybank_pairing *in, uint32_t second) {
    uint32_t gap = in->bounds[2 * second - 1], length = in->bounds[2 * second] - gap;
    uint32_t glued = number_of(length == 1) & number_of(in->folded[gap] == CQUERYBANK_GLUE);
    uint32_t first = in->slots[second - 1], word = in->slots[second] | glued << 31;
    uint64_t chain = cquerybank_chain(first, word, in->seed);
    size_t slot = cquerybank_slot(&in->table, chain);
    __builtin_prefetch(in->records + slot);
    return (pair){chain, (uint32_t)slot, first, word, second, has_newline(in->folded + gap, length)};
}

// Whether the word after a phrase is among its successors, or may be as x of a word x's. Two words precede it.
INLINE uint32_t may_go_on(const cquerybank_pairing *in, uint32_t successors, size_t next) {
    uint32_t slot = in->slots[next], start = in->bounds[2 * next], end = in->bounds[2 * next + 1];
    uint32_t is_known = number_of(slot != CQUERYBANK_NONE) & successors >> (slot & 31);
    uint16_t last_bytes;
    memcpy(&last_bytes, in->folded + end - 2, 2);
    uint32_t is_possessive = number_of(end - start > 2) & number_of(last_bytes == ('\'' | 's' << 8));
    return (is_known | is_possessive) & number_of(successors != 0);
}

// Written for every pair, and written over unless it counts: branches here would be mispredicted.
INLINE void compare_pair(cquerybank_pairing *in, const pair *pair) {
    const cquerybank_phrase *record = in->records + pair->slot;
    uint32_t same = number_of(record->parent == pair->parent) & number_of(record->word == pair->word) & !pair->is_split;
    size_t hit = in->hit_count, opening = in->opening_count;
    in->hit_words[hit] = pair->second - 1;
    in->hit_ids[hit] = record->query;
    in->hit_count = hit + (same & number_of(record->query != CQUERYBANK_NONE));
    in->openings[opening] = (cquerybank_opening){pair->chain, pair->slot, pair->second - 1};
    // The last word's look at a word after it ends at the last word itself.
    size_t next = pair->second + 1 < in->word_count ? pair->second + 1 : pair->second;
    in->opening_count = 
        opening + (same & number_of(next > pair->second) & may_go_on(in, record->successors, next));
}

INLINE void cquerybank_match_pairs_body(cquerybank_pairing *pairing) {
    pair ring[AHEAD];
    cquerybank_pairing in = *pairing;
    in.hit_count = 0;
    in.opening_count = 0;
    size_t count = in.pair_count, ahead = count < AHEAD ? count : AHEAD;
    for (size_t i = 0; i < ahead; i++) ring[i] = hash_pair(&in, in.pairs[i]);
    for (size_t i = ahead; i < count; i++) {
        compare_pair(&in, &ring[i % AHEAD]);
        ring[i % AHEAD] = hash_pair(&in, in.pairs[i]);
    }
    for (size_t i = count - ahead; i < count; i++) compare_pair(&in, &ring[i % AHEAD]);
    pairing->hit_count = in.hit_count;
    pairing->opening_count = in.opening_count;
}

DISPATCH(void, cquerybank_match_pairs, (cquerybank_pairing * pairing), (pairing))
