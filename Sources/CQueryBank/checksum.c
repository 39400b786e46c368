#include "cquerybank.h"
#include "vector.h"

typedef uint64_t words8 __attribute__((vector_size(64)));

// Eight lanes of 64 bits; each adds the product of a word's halves, as XXH3 does, because that is the widest multiply
// vectors have. A key that changes with the place makes moved blocks count, and the plain word every single bit.
INLINE uint64_t cquerybank_checksum_body(const uint8_t *bytes, size_t count) {
    words8 sums = {1, 2, 3, 4, 5, 6, 7, 8};
    words8 key = {0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xA0761D6478BD642F,
                  0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3, 0x1D8E4E27C47D124F};
    for (size_t place = 0; place < count; place += 64) {
        words8 block;
        memcpy(&block, bytes + place, 64);
        words8 mixed = block ^ key;
        sums += (mixed & 0xFFFFFFFF) * (mixed >> 32) + block;
        key += 0xD6E8FEB86659FD93;
    }
    uint64_t sum = count;
    for (int lane = 0; lane < 8; lane++) sum = cquerybank_mix(sum ^ sums[lane], 0xE7037ED1A0B428DB) + sums[lane];
    return sum;
}

DISPATCH(uint64_t, cquerybank_checksum, (const uint8_t *bytes, size_t count), (bytes, count))
