#include "cquerybank.h"
#include "vector.h"

#define RUN 64

typedef uint32_t ids16 __attribute__((vector_size(64)));
typedef _Bool flags16 __attribute__((ext_vector_type(16)));

// How many of 16 ids are smaller.
INLINE uint32_t smaller(const ids16 *ids, uint32_t id) {
    flags16 flags = __builtin_convertvector(*ids < id, flags16);
    uint16_t mask;
    memcpy(&mask, &flags, 2);
    return (uint32_t)__builtin_popcount(mask);
}

// Sorts up to 16 * `vectors` ids by rank: an id goes where the number of smaller ones says. Repeats share a rank, and
// the gaps they leave are closed at the end. No branch depends on the values; an insertion sort mispredicts at every
// id.
INLINE size_t sort_by_rank(const uint32_t *ids, size_t count, size_t vectors, uint32_t *sorted) {
    ids16 padded[RUN / 16];
    uint32_t placed[RUN];
    memset(padded, 0xFF, vectors * sizeof(ids16));
    memcpy(padded, ids, count * sizeof(uint32_t));
    uint64_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t rank = 0;
        for (size_t j = 0; j < vectors; j++) rank += smaller(&padded[j], ids[i]);
        placed[rank] = ids[i];
        taken |= 1ULL << rank;
    }
    size_t unique = 0;
    for (; taken; taken &= taken - 1) sorted[unique++] = placed[__builtin_ctzll(taken)];
    return unique;
}

INLINE size_t sort_run(const uint32_t *ids, size_t count, uint32_t *sorted) {
    if (count <= 16) return sort_by_rank(ids, count, 1, sorted);
    if (count <= 32) return sort_by_rank(ids, count, 2, sorted);
    return sort_by_rank(ids, count, RUN / 16, sorted);
}

// Merges two ascending rows without repeats into one.
static size_t merge(const uint32_t *left, size_t left_count, const uint32_t *right, size_t right_count, uint32_t *out) {
    size_t i = 0, j = 0, count = 0;
    while (i < left_count && j < right_count) {
        uint32_t a = left[i], b = right[j];
        out[count++] = a < b ? a : b;
        i += a <= b;
        j += b <= a;
    }
    while (i < left_count) out[count++] = left[i++];
    while (j < right_count) out[count++] = right[j++];
    return count;
}

// Sorts a long row: sorted runs, merged as a binary counter adds, so that the stack holds one row a level.
INLINE size_t sort_long(const uint32_t *ids, size_t count, uint32_t *sorted, uint32_t *spare) {
    size_t starts[64], levels[64], depth = 0, end = 0;
    for (size_t from = 0; from < count; from += RUN) {
        starts[depth] = end;
        levels[depth] = 0;
        end += sort_run(ids + from, count - from < RUN ? count - from : RUN, sorted + end);
        depth++;
        bool last = from + RUN >= count;
        while (depth > 1 && (last || levels[depth - 2] == levels[depth - 1])) {
            size_t left = starts[depth - 2], right = starts[depth - 1];
            size_t merged = merge(sorted + left, right - left, sorted + right, end - right, spare);
            memcpy(sorted + left, spare, merged * sizeof(uint32_t));
            end = left + merged;
            depth--;
            levels[depth - 1]++;
        }
    }
    return end;
}

INLINE void cquerybank_sort_rows_body(
    const uint32_t *ids, uint32_t *ends, size_t rows, uint32_t *sorted, uint32_t *spare) {
    uint32_t start = 0, written = 0;
    for (size_t row = 0; row < rows; row++) {
        size_t count = ends[row] - start;
        written += (uint32_t)(count <= RUN ? sort_run(ids + start, count, sorted + written)
                                           : sort_long(ids + start, count, sorted + written, spare));
        start = ends[row];
        ends[row] = written;
    }
}

DISPATCH(
    void, cquerybank_sort_rows,
    (const uint32_t *ids, uint32_t *ends, size_t rows, uint32_t *sorted, uint32_t *spare),
    (ids, ends, rows, sorted, spare))
