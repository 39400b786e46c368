// The two inner loops of a resize, in plain C and for AVX2. All give the same bits.
#ifndef CRESIZE_KERNEL_H
#define CRESIZE_KERNEL_H

#include "cresize.h"

enum { PRECISION = 22, BLOCK = 8 };

// How the outputs of one axis are made of its inputs.
typedef struct table {
  uint32_t outputs, taps; // taps: room for each output's coefficients
  cresize_span span;      // source pixels used
  uint32_t *first;        // of each output, relative to the span
  uint32_t *count;
  int32_t *coefficients;  // outputs × taps, PRECISION fractional bits
  int32_t *split;         // the same, as 16-bit halves: low byte, and the rest in the upper half
  int32_t *base;          // of each output, what a sum of split products starts at
} table;

// Eight source rows become eight rows of `x->outputs` bytes in three planes.
//   rows: BLOCK rows of RGB, readable for the padded width; columns: scratch of padded width × 3 × BLOCK words
//   into: BLOCK rows, `stride` bytes apart, plane c of a row at c * plane_stride(x->outputs)
typedef void columns_kernel(const table *x, const uint8_t *const rows[BLOCK], int32_t *columns, uint8_t *into,
                            size_t stride);

// One output row of one plane, out of `count` rows of bytes, as floats. `pairs` is scratch of count + 1 words.
typedef void row_kernel(const uint8_t *rows, size_t stride, uint32_t count, const int32_t *coefficients,
                        uint32_t width, int32_t *pairs, float scale, float bias, float *into);

columns_kernel resize_columns_portable;
row_kernel resize_row_portable;
#if defined(__x86_64__)
columns_kernel resize_columns_avx2;
row_kernel resize_row_avx2;
#endif

static inline uint32_t padded(uint32_t count, uint32_t multiple) { return (count + multiple - 1) / multiple * multiple; }

// Bytes of one plane of a row between the passes: whole vectors, so that kernels need no tail.
static inline size_t plane_stride(uint32_t outputs) { return padded(outputs, 16); }

static inline uint8_t rounded(int32_t sum) {
  int32_t value = sum >> PRECISION;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

#endif
