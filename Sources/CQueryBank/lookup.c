#include "cquerybank.h"
#include "vector.h"

// Words hashed before the first of them is compared: enough that its record has arrived from memory.
#define BLOCK 256

// Row n keeps the first n bytes of 16.
static const uint8_t kept[17][16] = {
    {0},
    {255},
    {255, 255},
    {255, 255, 255},
    {255, 255, 255, 255},
    {255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
    {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
};

static cquerybank_key long_key(const uint8_t *word, size_t count) {
    uint64_t hash = count;
    for (size_t position = 0; position < count; position += 8) {
        // The last step reads back over bytes already taken instead of past the end.
        uint64_t bytes;
        memcpy(&bytes, word + (position < count - 8 ? position : count - 8), 8);
        hash = cquerybank_mix(hash ^ bytes, 0xA0761D6478BD642F);
    }
    return (cquerybank_key){hash, CQUERYBANK_LONG | count};
}

INLINE cquerybank_key key_of(const uint8_t *word, size_t count) {
    if (__builtin_expect(count > 16, 0)) return long_key(word, count);
    uint64_t bytes[2], mask[2];
    memcpy(bytes, word, 16);
    memcpy(mask, kept[count], 16);
    return (cquerybank_key){bytes[0] & mask[0], bytes[1] & mask[1]};
}

cquerybank_key cquerybank_key_of(const uint8_t *word, size_t count) { return key_of(word, count); }

// Whether a record of a long word, whose hash fits, holds just these bytes.
static bool is_long_word(const cquerybank_lookup *lookup, const cquerybank_word *record, const uint8_t *word) {
    uint64_t count = record->key.second & ~CQUERYBANK_LONG;
    return record->place + count <= lookup->long_word_bytes &&
           memcmp(lookup->long_words + record->place, word, count) == 0;
}

uint32_t cquerybank_find(const cquerybank_lookup *lookup, const uint8_t *word, size_t count) {
    cquerybank_key key = key_of(word, count);
    size_t slot = cquerybank_slot(&lookup->table, cquerybank_hash(key, lookup->seed));
    const cquerybank_word *record = lookup->records + slot;
    if (record->key.first != key.first || record->key.second != key.second) return CQUERYBANK_NONE;
    if (key.second >= CQUERYBANK_LONG && !is_long_word(lookup, record, word)) return CQUERYBANK_NONE;
    return (uint32_t)slot;
}

INLINE void hash_block(
    const cquerybank_lookup *lookup, const uint8_t *folded, const uint32_t *bounds, size_t count, uint32_t *slots,
    cquerybank_key *keys) {
    cquerybank_table table = lookup->table;
    const cquerybank_word *records = lookup->records;
    uint64_t seed = lookup->seed;
    for (size_t i = 0; i < count; i++) {
        uint32_t start = bounds[2 * i];
        keys[i] = key_of(folded + start, bounds[2 * i + 1] - start);
        size_t slot = cquerybank_slot(&table, cquerybank_hash(keys[i], seed));
        __builtin_prefetch(records + slot);
        slots[i] = (uint32_t)slot;
    }
}

// What deciding on a pair needs of its first word.
typedef struct {
    uint32_t successors, slot;
} last_word;

INLINE last_word compare_block(
    cquerybank_lookup *lookup, const uint8_t *folded, const uint32_t *bounds, size_t from, size_t count,
    const cquerybank_key *keys, uint32_t *queries, last_word last) {
    uint32_t *slots = lookup->slots + from, *pairs = lookup->pairs;
    size_t pair_count = lookup->pair_count;
    for (size_t i = 0; i < count; i++) {
        uint32_t slot = slots[i];
        const cquerybank_word *record = lookup->records + slot;
        bool same = ((record->key.first ^ keys[i].first) | (record->key.second ^ keys[i].second)) == 0;
        if (__builtin_expect(keys[i].second >= CQUERYBANK_LONG, 0) && same)
            same = is_long_word(lookup, record, folded + bounds[2 * (from + i)]);
        uint32_t keep = 0 - number_of(same);
        slots[i] = slot | ~keep;
        queries[i] = record->query | ~keep;
        pairs[pair_count] = (uint32_t)(from + i);
        pair_count += last.successors >> (slot & 31) & record->predecessors >> (last.slot & 31) & keep & 1;
        last = (last_word){record->successors & keep, slot};
    }
    lookup->pair_count = pair_count;
    return last;
}

// Packs the queries of a block together: written for every word, and written over unless it has one. A loop of its own,
// because it is a chain that the loop before would wait for.
INLINE uint32_t pack_block(const uint32_t *queries, size_t count, uint32_t filled, uint32_t *ids, uint32_t *ends) {
    for (size_t i = 0; i < count; i++) {
        ids[filled] = queries[i];
        filled += queries[i] != CQUERYBANK_NONE;
        ends[i] = filled;
    }
    return filled;
}

INLINE void cquerybank_look_up_body(
    cquerybank_lookup *lookup, const uint8_t *folded, const uint32_t *bounds, size_t count) {
    cquerybank_key keys[BLOCK];
    uint32_t queries[BLOCK], filled = 0;
    last_word last = {0, 0};
    lookup->pair_count = 0;
    lookup->single_ends[0] = 0;
    for (size_t from = 0; from < count; from += BLOCK) {
        size_t size = count - from < BLOCK ? count - from : BLOCK;
        hash_block(lookup, folded, bounds + 2 * from, size, lookup->slots + from, keys);
        last = compare_block(lookup, folded, bounds, from, size, keys, queries, last);
        filled = pack_block(queries, size, filled, lookup->single_ids, lookup->single_ends + from + 1);
    }
}

DISPATCH(
    void, cquerybank_look_up,
    (cquerybank_lookup * lookup, const uint8_t *folded, const uint32_t *bounds, size_t count),
    (lookup, folded, bounds, count))
