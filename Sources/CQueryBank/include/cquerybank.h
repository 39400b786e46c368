#ifndef CQUERYBANK_H
#define CQUERYBANK_H

// The byte-level work of QueryBank: what wants vector instructions or a large constant table. Nothing here
// allocates, and nothing is kept between calls but what the caller passes in.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Every buffer but `raw` and `ids` has this many bytes more than stated, readable and writable, of any value unless
// stated.
#define CQUERYBANK_PADDING 64

// Stands in a folded text between two words that no separator divides: beside a letter of Han, Kana, Thai, Lao or
// Khmer. No UTF-8 has this byte.
#define CQUERYBANK_GLUE 0xFF

// Of a run of combining marks this many count: the Stream-Safe bound of Unicode's annex 15, without which sorting a
// hostile run would take quadratic time.
#define CQUERYBANK_MAX_MARKS 30

// What to fold and how far it has come. Zero it, set the first group, and call cquerybank_fold until it is done.
typedef struct {
    const uint8_t *raw;      // UTF-8, possibly malformed
    size_t raw_count;
    uint8_t *folded;         // the output
    size_t folded_capacity;  // without the padding
    bool keep_diacritics;
    bool keep_newlines;      // a newline ends a text; otherwise it separates words
    bool is_composed;        // the input is in NFKC already

    size_t consumed;         // bytes of raw that are done
    size_t produced;         // bytes of folded that are written
    uint32_t last_starter;   // the last scalar of combining class 0, or UINT32_MAX when it had another form
    uint8_t last_class;      // the combining class of the last scalar
    uint32_t marks;          // how many combining marks the last starter has
    bool in_letter;          // the last scalar belongs to a letter that matches by substring

    // The last ASCII byte: what follows it is not changed by what precedes it.
    size_t safe_consumed, safe_produced;
    bool safe_in_letter;
} cquerybank_folder;

typedef enum {
    CQUERYBANK_FOLD_DONE,
    // Enlarge `folded` (folded_capacity - produced must be at least CQUERYBANK_FOLD_ROOM) and call again.
    CQUERYBANK_FOLD_NEEDS_ROOM,
    // A scalar may compose or reorder with those before it. The caller brings raw from safe_consumed up to the next
    // ASCII byte after `consumed` into NFKC, folds that with is_composed, and goes on.
    CQUERYBANK_FOLD_NEEDS_COMPOSITION,
} cquerybank_fold_status;

#define CQUERYBANK_FOLD_ROOM 2048

// Folds case, width and diacritics: ASCII upper case to lower, other scalars by a table, ill-formed UTF-8 to spaces.
// In the output words consist of a-z, 0-9 and bytes of UTF-8; an apostrophe is 0x27 wherever it stood.
cquerybank_fold_status cquerybank_fold(cquerybank_folder *folder);

// The words of a folded buffer.
typedef struct {
    uint32_t *bounds;       // two a word: where it starts and where it ends; room for count + 32
    uint32_t *text_ends;    // for each newline, how many words precede it; room for count
    uint32_t *possessives;  // numbers of words that end in 's; room for count / 3 + 1
    size_t word_count, text_count, possessive_count;
} cquerybank_words;

// Splits folded[0..<count], count < 2^32, into words: maximal runs of word bytes, with single apostrophes inside.
// The padding of `folded` must hold zeros.
void cquerybank_split(const uint8_t *folded, size_t count, cquerybank_words *words);

// Ids with the number of the word each was found at, ascending by that number.
typedef struct {
    const uint32_t *words, *ids;
    size_t count;
} cquerybank_hits;

// Ids that are sorted at once.
#define CQUERYBANK_RUN 64

// What was found in a chunk of texts, and the ids of each text that come of it.
typedef struct {
    const uint32_t *text_ends;  // for each text but the last, how many words of the chunk end before it does
    size_t text_count, word_count;
    const uint32_t *single_ids;   // the queries that are one word
    const uint32_t *single_ends;  // how many of them come before each word; word_count + 1 numbers
    cquerybank_hits lists[3];     // the others
    uint32_t *row, *spare;  // room for as many ids as there are; in `row` for CQUERYBANK_RUN more
    uint32_t *sorted;       // the result: each text's ids, ascending, each once; as much room
    uint32_t *ends;         // where they end, for each text
} cquerybank_rows;

// Brings the ids of each text together, sorts them and drops repeats.
void cquerybank_gather(cquerybank_rows *rows);

// A word as the tables know it: bytes 0-7 and 8-15, zero padded; of a longer word, a hash of all bytes, and its length
// under the top byte 0xFF, which no UTF-8 has.
typedef struct {
    uint64_t first, second;
} cquerybank_key;

// The least `second` of a longer word.
#define CQUERYBANK_LONG (0xFFULL << 56)

// A perfect hash: a hash's bucket has a pilot, and that and the hash give the slot.
typedef struct {
    const uint16_t *pilots;
    uint64_t buckets, slots;
} cquerybank_table;

// A word that a query of the list contains: 32 bytes, so a cache line holds two and none is split.
typedef struct {
    cquerybank_key key;     // zero in a free slot
    uint32_t query;         // the query that is just this word, or CQUERYBANK_NONE
    uint32_t successors;    // a bit for each word that follows this one in a phrase, by its slot modulo 32
    uint32_t predecessors;  // a bit for each word before this one in a phrase
    uint32_t place;         // where the bytes of a longer word stand in the section of long words
} cquerybank_word;

#define CQUERYBANK_NONE UINT32_MAX

// The key of a word.
cquerybank_key cquerybank_key_of(const uint8_t *word, size_t count);

// What look-ups read, and what they give for each word of a text.
typedef struct {
    cquerybank_table table;
    uint64_t seed;
    const cquerybank_word *records;
    const uint8_t *long_words;
    uint64_t long_word_bytes;

    uint32_t *slots;        // the word's slot, or CQUERYBANK_NONE
    uint32_t *single_ids;   // the queries that are just one word, in the order of the words
    uint32_t *single_ends;  // how many of them come before each word, and how many there are
    uint32_t *pairs;        // second words of neighbours that may begin a phrase, ascending; may cross a newline
    size_t pair_count;
} cquerybank_lookup;

// Looks up `count` words of a folded text; `bounds` as cquerybank_split gives them. The outputs have room for
// count + 1.
void cquerybank_look_up(cquerybank_lookup *lookup, const uint8_t *folded, const uint32_t *bounds, size_t count);

// The slot of a word of the list, or CQUERYBANK_NONE. Reads the first group of `lookup` only.
uint32_t cquerybank_find(const cquerybank_lookup *lookup, const uint8_t *word, size_t count);

// The high and low halves of a product, which every bit of both factors reaches (wyhash's mixer).
static inline uint64_t cquerybank_mix(uint64_t left, uint64_t right) {
    unsigned __int128 product = (unsigned __int128)left * right;
    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

// The hash of a key under a seed.
static inline uint64_t cquerybank_hash(cquerybank_key key, uint64_t seed) {
    return cquerybank_mix(key.first ^ seed, key.second ^ 0x9E3779B97F4A7C15);
}

// Maps the high 32 bits to 0..<range by multiplication (Lemire 2016).
static inline size_t cquerybank_scale(uint64_t bits, uint64_t range) { return (bits >> 32) * range >> 32; }

static inline size_t cquerybank_bucket(uint64_t hash, uint64_t buckets) { return cquerybank_scale(hash, buckets); }

static inline size_t cquerybank_slot_by(uint64_t hash, uint16_t pilot, uint64_t slots) {
    return cquerybank_scale((hash ^ pilot) * 0xE7037ED1A0B428DB, slots);
}

// The slot of a hash; a key outside the set gets some slot too.
static inline size_t cquerybank_slot(const cquerybank_table *table, uint64_t hash) {
    return cquerybank_slot_by(hash, table->pilots[cquerybank_bucket(hash, table->buckets)], table->slots);
}

// A phrase that begins a query, by what it adds to a shorter one: 16 bytes.
typedef struct {
    uint32_t parent;      // the node of the phrase without its last word; CQUERYBANK_NONE in a free slot
    uint32_t word;        // the slot of the last word, with CQUERYBANK_GLUED when no separator stands before it
    uint32_t query;       // the query that is just this phrase, or CQUERYBANK_NONE
    uint32_t successors;  // a bit for each word that follows, by its slot modulo 32; 0 ends the search
} cquerybank_phrase;

#define CQUERYBANK_GLUED (1U << 31)

// What a look-up of a longer phrase hashes, from what one of its parent hashed (at first, the word's slot).
static inline uint64_t cquerybank_chain(uint64_t parent, uint32_t word, uint64_t seed) {
    return cquerybank_mix(parent ^ seed, word ^ 0x2D358DCCAA6C78A5);
}

// A phrase of two words that the text has reached and that may go on.
typedef struct {
    uint64_t chain;
    uint32_t phrase;  // its slot
    uint32_t first;   // its first word's number
} cquerybank_opening;

// What looking up pairs of neighbours reads, and what it gives.
typedef struct {
    cquerybank_table table;
    uint64_t seed;
    const cquerybank_phrase *records;
    const uint8_t *folded;
    const uint32_t *bounds, *slots, *pairs;
    size_t word_count, pair_count;

    uint32_t *hit_words, *hit_ids;  // queries of two words; room for pair_count, as the openings have
    size_t hit_count;
    cquerybank_opening *openings;   // ascending; the next word, or x where it is x's, may continue them
    size_t opening_count;
} cquerybank_pairing;

void cquerybank_match_pairs(cquerybank_pairing *pairing);

// A checksum against accidents, at memory speed; `count` is a multiple of 64.
uint64_t cquerybank_checksum(const uint8_t *bytes, size_t count);

// Asks for the cache line of an address that is about to be read.
static inline void cquerybank_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
