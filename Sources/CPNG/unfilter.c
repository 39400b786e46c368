#include "unfilter.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { NONE, SUB, UP, AVERAGE, PAETH };

static uint8_t paeth(int left, int above, int corner) {
  int to_left = above - corner, to_above = left - corner, to_corner = to_left + to_above;
  if (to_left < 0) to_left = -to_left;
  if (to_above < 0) to_above = -to_above;
  if (to_corner < 0) to_corner = -to_corner;
  if (to_left <= to_above && to_left <= to_corner) return (uint8_t)left;
  return (uint8_t)(to_above <= to_corner ? above : corner);
}

// One byte at a time: the definition, for small pixels and for what vectors leave over.
static void by_bytes(int filter, const uint8_t *row, const uint8_t *above, size_t start, size_t count, size_t step,
                     uint8_t *into) {
  for (size_t i = start; i < count; i++) {
    int left = i < step ? 0 : into[i - step];
    int corner = i < step ? 0 : above[i - step];
    int guess = filter == SUB ? left : filter == AVERAGE ? (left + above[i]) >> 1 : paeth(left, above[i], corner);
    into[i] = (uint8_t)(row[i] + guess);
  }
}

#if defined(__SSE2__)
typedef __m128i vector;

static inline vector load4(const uint8_t *p) {
  int32_t word;
  memcpy(&word, p, 4);
  return _mm_cvtsi32_si128(word);
}

static inline void store(uint8_t *p, vector v, size_t step) {
  int32_t word = _mm_cvtsi128_si32(v);
  memcpy(p, &word, step);
}

static inline vector absolute(vector v) { return _mm_max_epi16(v, _mm_sub_epi16(_mm_setzero_si128(), v)); }

static inline vector choose(vector mask, vector yes, vector no) {
  return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no));
}

// `into` may lie just before `row`, which keeps a compiler from doing this by itself.
static size_t up_by_vectors(const uint8_t *row, const uint8_t *above, size_t count, uint8_t *into) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    vector value = _mm_loadu_si128((const vector *)(row + i)), upper = _mm_loadu_si128((const vector *)(above + i));
    _mm_storeu_si128((vector *)(into + i), _mm_add_epi8(value, upper));
  }
  return i;
}

// A pixel of 3 or 4 bytes at a time. Loads take 4 bytes, so the last pixel of 3 is left to the caller: returns
// how many bytes are done.
static inline __attribute__((always_inline)) size_t by_pixels(int filter, const uint8_t *row, const uint8_t *above,
                                                              size_t count, size_t step, uint8_t *into) {
  const vector zero = _mm_setzero_si128(), one = _mm_set1_epi8(1);
  vector left = zero, corner = zero; // bytes; for Paeth, 16-bit lanes
  size_t i = 0;
  for (; i + 4 <= count; i += step) {
    vector value = load4(row + i);
    if (filter == SUB) {
      left = _mm_add_epi8(value, left);
      store(into + i, left, step);
    } else if (filter == AVERAGE) {
      vector upper = load4(above + i);
      // The instruction rounds up; PNG rounds down.
      vector odd = _mm_and_si128(_mm_xor_si128(left, upper), one);
      left = _mm_add_epi8(value, _mm_sub_epi8(_mm_avg_epu8(left, upper), odd));
      store(into + i, left, step);
    } else {
      vector upper = _mm_unpacklo_epi8(load4(above + i), zero);
      vector to_left = _mm_sub_epi16(upper, corner), to_above = _mm_sub_epi16(left, corner);
      vector to_corner = absolute(_mm_add_epi16(to_left, to_above));
      to_left = absolute(to_left);
      to_above = absolute(to_above);
      vector least = _mm_min_epi16(to_corner, _mm_min_epi16(to_left, to_above));
      vector guess = choose(_mm_cmpeq_epi16(least, to_left), left,
                            choose(_mm_cmpeq_epi16(least, to_above), upper, corner));
      corner = upper;
      // Adding bytes in 16-bit lanes keeps the upper halves zero.
      left = _mm_add_epi8(_mm_unpacklo_epi8(value, zero), guess);
      store(into + i, _mm_packus_epi16(left, left), step);
    }
  }
  return i;
}
#endif

static void up(const uint8_t *row, const uint8_t *above, size_t count, uint8_t *into) {
  size_t done = 0;
#if defined(__SSE2__)
  done = up_by_vectors(row, above, count, into);
#endif
  for (size_t i = done; i < count; i++) into[i] = (uint8_t)(row[i] + above[i]);
}

static void by_neighbours(int filter, const uint8_t *row, const uint8_t *above, size_t count, size_t step,
                          uint8_t *into) {
  size_t done = 0;
#if defined(__SSE2__)
  // Written out so that each loop is compiled for its filter and pixel.
  if (step == 3 && filter == SUB) done = by_pixels(SUB, row, above, count, 3, into);
  if (step == 3 && filter == AVERAGE) done = by_pixels(AVERAGE, row, above, count, 3, into);
  if (step == 3 && filter == PAETH) done = by_pixels(PAETH, row, above, count, 3, into);
  if (step == 4 && filter == SUB) done = by_pixels(SUB, row, above, count, 4, into);
  if (step == 4 && filter == AVERAGE) done = by_pixels(AVERAGE, row, above, count, 4, into);
  if (step == 4 && filter == PAETH) done = by_pixels(PAETH, row, above, count, 4, into);
#endif
  by_bytes(filter, row, above, done, count, step, into);
}

int cpng_unfilter(int filter, const uint8_t *row, const uint8_t *above, size_t count, int step, uint8_t *into) {
  switch (filter) {
  case NONE: memmove(into, row, count); return 1;
  case UP: up(row, above, count, into); return 1;
  case SUB:
  case AVERAGE:
  case PAETH: by_neighbours(filter, row, above, count, (size_t)step, into); return 1;
  default: return 0;
  }
}
