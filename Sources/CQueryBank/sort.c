#include "cquerybank.h"
#include "vector.h"

typedef uint32_t ids16 __attribute__((vector_size(64)));
typedef _Bool flags16 __attribute__((ext_vector_type(16)));

// How many of 16 ids are smaller.
INLINE uint32_t smaller(const ids16 *ids, uint32_t id) {
    flags16 flags = __builtin_convertvector(*ids < id, flags16);
    uint16_t mask;
    memcpy(&mask, &flags, 2);
    return (uint32_t)__builtin_popcount(mask);
}

// Reads 16 ids of a row that has `left` from there on; UINT32_MAX past its end.
INLINE void read_padded(const uint32_t *ids, size_t left, ids16 *padded) {
    const ids16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    ids16 vector;
    memcpy(&vector, ids, sizeof(ids16));
    ids16 is_id = (ids16)(lanes < (uint32_t)left);
    *padded = (vector & is_id) | ~is_id;
}

// Sorts up to 16 * `vectors` ids by rank: an id goes where the number of smaller ones says. Repeats share a rank, and
// the gaps they leave are closed at the end. No branch depends on the values, and loops go by eights, past the end into
// the padding, whose rank is `count`: an insertion sort mispredicts at every id, an exact loop at every row.
INLINE size_t sort_by_rank(const uint32_t *ids, size_t count, size_t vectors, uint32_t *sorted) {
    ids16 padded[CQUERYBANK_RUN / 16];
    uint32_t placed[CQUERYBANK_RUN + 1], lanes[CQUERYBANK_RUN];
    for (size_t j = 0; j < vectors; j++) read_padded(ids + 16 * j, count > 16 * j ? count - 16 * j : 0, &padded[j]);
    memcpy(lanes, padded, vectors * sizeof(ids16));
    uint64_t taken = 0;
    for (size_t i = 0; i < count; i += 8) {
        for (size_t k = i; k < i + 8; k++) {
            uint32_t rank = 0;
            for (size_t j = 0; j < vectors; j++) rank += smaller(&padded[j], lanes[k]);
            placed[rank] = lanes[k];
            taken |= 1ULL << (rank & 63);
        }
    }
    if (count < CQUERYBANK_RUN) taken &= (1ULL << count) - 1;
    uint32_t *end = sorted + __builtin_popcountll(taken);
    for (uint32_t *out = sorted; out < end; out += 8) {
        for (int k = 0; k < 8; k++) {
            out[k] = placed[taken ? __builtin_ctzll(taken) : 0];
            taken &= taken - 1;
        }
    }
    return (size_t)(end - sorted);
}

INLINE size_t sort_run(const uint32_t *ids, size_t count, uint32_t *sorted) {
    if (count <= 16) return sort_by_rank(ids, count, 1, sorted);
    if (count <= 32) return sort_by_rank(ids, count, 2, sorted);
    return sort_by_rank(ids, count, CQUERYBANK_RUN / 16, sorted);
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
    for (size_t from = 0; from < count; from += CQUERYBANK_RUN) {
        starts[depth] = end;
        levels[depth] = 0;
        end += sort_run(ids + from, count - from < CQUERYBANK_RUN ? count - from : CQUERYBANK_RUN, sorted + end);
        depth++;
        bool last = from + CQUERYBANK_RUN >= count;
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

// Copies whole vectors: what is written past the end is written over or is padding.
INLINE void copy_ids(uint32_t *to, const uint32_t *from, size_t count) {
    for (size_t i = 0; i < count; i += 16) memcpy(to + i, from + i, sizeof(ids16));
}

// Appends the hits of words below `end` to a row that holds `count` ids.
INLINE size_t take_hits(const cquerybank_hits *hits, size_t *next, uint32_t end, uint32_t *row, size_t count) {
    size_t at = *next;
    for (; at < hits->count && hits->words[at] < end; at++) row[count++] = hits->ids[at];
    *next = at;
    return count;
}

INLINE void cquerybank_gather_body(cquerybank_rows *rows) {
    size_t next[3] = {0, 0, 0};
    size_t single = 0, written = 0;
    for (size_t text = 0; text < rows->text_count; text++) {
        uint32_t end = text + 1 < rows->text_count ? rows->text_ends[text] : (uint32_t)rows->word_count;
        size_t count = rows->single_ends[end] - single;
        copy_ids(rows->row, rows->single_ids + single, count);
        single += count;
        for (int list = 0; list < 3; list++) count = take_hits(&rows->lists[list], &next[list], end, rows->row, count);
        written += count <= CQUERYBANK_RUN ? sort_run(rows->row, count, rows->sorted + written)
                                : sort_long(rows->row, count, rows->sorted + written, rows->spare);
        rows->ends[text] = (uint32_t)written;
    }
}

DISPATCH(void, cquerybank_gather, (cquerybank_rows * rows), (rows))
