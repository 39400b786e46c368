#if defined(__x86_64__)
#include <immintrin.h>

#include "kernel.h"

// A coefficient c of 23 bits is high * 256 + low with 16-bit halves, so one multiply-add of 16-bit pairs makes
// an exact 8 by 23 bit product. See DESIGN.md in Sources/Decode, "The kernel".
#define AVX2 __attribute__((target("avx2")))
#define INLINE_AVX2 static inline AVX2 __attribute__((always_inline))

typedef __m256i wide;

// Eight RGB pixels as eight 32-bit lanes.
INLINE_AVX2 wide load_pixels(const uint8_t *p) {
  const wide spread = _mm256_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1, 0, 1, 2, -1, 3, 4, 5,
                                       -1, 6, 7, 8, -1, 9, 10, 11, -1);
  __m128i low = _mm_loadu_si128((const __m128i *)p);
  __m128i high = _mm_loadu_si128((const __m128i *)(p + 12));
  return _mm256_shuffle_epi8(_mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1), spread);
}

// Turns eight rows of eight pixels into eight columns of eight pixels.
INLINE_AVX2 void transpose(wide v[8]) {
  wide pair[8], quad[8];
  for (int i = 0; i < 4; i++) {
    pair[2 * i] = _mm256_unpacklo_epi32(v[2 * i], v[2 * i + 1]);
    pair[2 * i + 1] = _mm256_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
  }
  for (int i = 0; i < 2; i++) {
    wide *from = pair + 4 * i, *to = quad + 4 * i;
    to[0] = _mm256_unpacklo_epi64(from[0], from[2]);
    to[1] = _mm256_unpackhi_epi64(from[0], from[2]);
    to[2] = _mm256_unpacklo_epi64(from[1], from[3]);
    to[3] = _mm256_unpackhi_epi64(from[1], from[3]);
  }
  for (int i = 0; i < 4; i++) {
    v[i] = _mm256_permute2x128_si256(quad[i], quad[i + 4], 0x20);
    v[i + 4] = _mm256_permute2x128_si256(quad[i], quad[i + 4], 0x31);
  }
}

// Lanes of [p, p - 128] as 16-bit halves (the second times 256) of one channel of a column.
INLINE_AVX2 wide spread_channel(wide column, int channel) {
  const wide sign = _mm256_set1_epi32((int)0x80000000);
  const wide lane = _mm256_setr_epi8(0, -1, -1, 0, 4, -1, -1, 4, 8, -1, -1, 8, 12, -1, -1, 12, 0, -1, -1, 0, 4, -1,
                                     -1, 4, 8, -1, -1, 8, 12, -1, -1, 12);
  // A set top bit selects zero, and adding a channel of 0...2 to -1 would clear it: keep it set.
  const wide offset = _mm256_setr_epi8(1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0,
                                       0, 1, 1, 0, 0, 1);
  wide which = lane;
  for (int i = 0; i < channel; i++) which = _mm256_add_epi8(which, offset);
  return _mm256_xor_si256(_mm256_shuffle_epi8(column, which), sign);
}

INLINE_AVX2 void expand_columns(const table *x, const uint8_t *const rows[BLOCK], wide *columns) {
  for (uint32_t at = 0; at < x->span.count; at += 8) {
    wide v[8];
    for (int r = 0; r < 8; r++) v[r] = load_pixels(rows[r] + (size_t)at * 3);
    transpose(v);
    for (int i = 0; i < 8; i++) {
      for (int c = 0; c < 3; c++) _mm256_store_si256(columns + ((size_t)at + (size_t)i) * 3 + c, spread_channel(v[i], c));
    }
  }
}

// The three channels of one output of eight rows, rounded, as 32-bit lanes not yet cut to bytes.
INLINE_AVX2 void sum_output(const int32_t *split, uint32_t count, int32_t base, const wide *column, wide sums[3]) {
  wide red = _mm256_set1_epi32(base), green = red, blue = red;
  for (uint32_t k = 0; k < count; k++, column += 3) {
    wide pair = _mm256_set1_epi32(split[k]);
    red = _mm256_add_epi32(red, _mm256_madd_epi16(_mm256_load_si256(column), pair));
    green = _mm256_add_epi32(green, _mm256_madd_epi16(_mm256_load_si256(column + 1), pair));
    blue = _mm256_add_epi32(blue, _mm256_madd_epi16(_mm256_load_si256(column + 2), pair));
  }
  sums[0] = _mm256_srai_epi32(red, PRECISION);
  sums[1] = _mm256_srai_epi32(green, PRECISION);
  sums[2] = _mm256_srai_epi32(blue, PRECISION);
}

// Four outputs of eight rows, as bytes: lane r holds the four of row r.
INLINE_AVX2 wide pack4(const wide *v, size_t step) {
  const wide order = _mm256_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9, 13,
                                      2, 6, 10, 14, 3, 7, 11, 15);
  wide words01 = _mm256_packs_epi32(v[0], v[step]);
  wide words23 = _mm256_packs_epi32(v[2 * step], v[3 * step]);
  return _mm256_shuffle_epi8(_mm256_packus_epi16(words01, words23), order);
}

INLINE_AVX2 void store_eight(const wide *sums, uint8_t *into, size_t stride) {
  wide left = pack4(sums, 3), right = pack4(sums + 12, 3);
  wide rows01 = _mm256_unpacklo_epi32(left, right), rows23 = _mm256_unpackhi_epi32(left, right);
  for (int half = 0; half < 2; half++) {
    __m128i a = half ? _mm256_extracti128_si256(rows01, 1) : _mm256_castsi256_si128(rows01);
    __m128i b = half ? _mm256_extracti128_si256(rows23, 1) : _mm256_castsi256_si128(rows23);
    uint8_t *row = into + stride * 4 * (size_t)half;
    _mm_storel_epi64((__m128i *)row, a);
    _mm_storel_epi64((__m128i *)(row + stride), _mm_unpackhi_epi64(a, a));
    _mm_storel_epi64((__m128i *)(row + stride * 2), b);
    _mm_storel_epi64((__m128i *)(row + stride * 3), _mm_unpackhi_epi64(b, b));
  }
}

AVX2 void resize_columns_avx2(const table *x, const uint8_t *const rows[BLOCK], int32_t *scratch, uint8_t *into,
                              size_t stride) {
  wide *columns = (wide *)scratch;
  expand_columns(x, rows, columns);
  for (uint32_t at = 0; at < x->outputs; at += 8) {
    wide sums[24]; // eight outputs × three channels
    for (uint32_t i = 0; i < 8; i++) {
      uint32_t output = at + i < x->outputs ? at + i : x->outputs - 1;
      sum_output(x->split + (size_t)output * x->taps, x->count[output], x->base[output],
                 columns + (size_t)x->first[output] * 3, sums + (size_t)i * 3);
    }
    for (size_t c = 0; c < 3; c++) store_eight(sums + c, into + plane_stride(x->outputs) * c + at, stride);
  }
}

// Sixteen sums of a row, from pairs of rows.
INLINE_AVX2 void sum_sixteen(const uint8_t *rows, size_t stride, uint32_t count, const int32_t *pairs, wide sums[2]) {
  wide low0 = _mm256_setzero_si256(), low1 = low0, high0 = low0, high1 = low0;
  for (uint32_t k = 0; k < count; k += 2, rows += stride * 2) {
    const uint8_t *next = k + 1 < count ? rows + stride : rows;
    wide a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)rows));
    wide b = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)next));
    wide left = _mm256_unpacklo_epi16(a, b), right = _mm256_unpackhi_epi16(a, b);
    wide low = _mm256_set1_epi32(pairs[k]), high = _mm256_set1_epi32(pairs[k + 1]);
    low0 = _mm256_add_epi32(low0, _mm256_madd_epi16(left, low));
    low1 = _mm256_add_epi32(low1, _mm256_madd_epi16(right, low));
    high0 = _mm256_add_epi32(high0, _mm256_madd_epi16(left, high));
    high1 = _mm256_add_epi32(high1, _mm256_madd_epi16(right, high));
  }
  wide left = _mm256_add_epi32(low0, _mm256_slli_epi32(high0, 8));
  wide right = _mm256_add_epi32(low1, _mm256_slli_epi32(high1, 8));
  sums[0] = _mm256_permute2x128_si256(left, right, 0x20);
  sums[1] = _mm256_permute2x128_si256(left, right, 0x31);
}

INLINE_AVX2 __m256 finished(wide sum, __m256 scale, __m256 bias) {
  wide value = _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(1 << (PRECISION - 1))), PRECISION);
  value = _mm256_min_epi32(_mm256_max_epi32(value, _mm256_setzero_si256()), _mm256_set1_epi32(255));
  return _mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(value), scale), bias);
}

AVX2 void resize_row_avx2(const uint8_t *rows, size_t stride, uint32_t count, const int32_t *coefficients,
                          uint32_t width, int32_t *pairs, float scale, float bias, float *into) {
  for (uint32_t k = 0; k < count; k += 2) {
    int32_t a = coefficients[k], b = k + 1 < count ? coefficients[k + 1] : 0;
    pairs[k] = (a & 255) | (b & 255) << 16;
    pairs[k + 1] = ((a >> 8) & 0xFFFF) | (int32_t)((uint32_t)(b >> 8) << 16);
  }
  __m256 scales = _mm256_set1_ps(scale), biases = _mm256_set1_ps(bias);
  for (uint32_t at = 0; at < width; at += 16) {
    wide sums[2];
    sum_sixteen(rows + at, stride, count, pairs, sums);
    __m256 left = finished(sums[0], scales, biases), right = finished(sums[1], scales, biases);
    if (at + 16 <= width) {
      _mm256_storeu_ps(into + at, left);
      _mm256_storeu_ps(into + at + 8, right);
    } else {
      float tail[16];
      _mm256_storeu_ps(tail, left);
      _mm256_storeu_ps(tail + 8, right);
      for (uint32_t i = at; i < width; i++) into[i] = tail[i - at];
    }
  }
}
#endif
