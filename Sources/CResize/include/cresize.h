// Bicubic resampling with antialiasing, bit for bit as Pillow's (src/libImaging/Resample.c, 8 bits a channel):
// coefficients of 22 fractional bits, rounding to a byte between the two passes, columns first unless the height shrinks
// by more than twice what the width does. Only what the wanted window needs is computed, and rows may be given as
// they are decoded. See DESIGN.md in Sources/Decode.
#ifndef CRESIZE_H
#define CRESIZE_H

#include <stddef.h>
#include <stdint.h>

// A picture of `source` pixels resized to `whole`, of which `window` starting at `offset` are wanted: one axis.
typedef struct cresize_axis {
  uint32_t source, whole, offset, window;
} cresize_axis;

// The source pixels that an axis reads: `count` from `first`.
typedef struct cresize_span {
  uint32_t first, count;
} cresize_span;

// What an output value is made of: value = sample * scale + bias, for each of R, G and B.
typedef struct cresize_output {
  float scale[3], bias[3];
} cresize_output;

typedef struct cresize cresize; // buffers and tables, reused from picture to picture; one thread at a time

cresize *cresize_new(void);       // NULL when out of memory
void cresize_free(cresize *self); // NULL is allowed

// Starts a picture. Returns 0, or -1 when out of memory. Axes must be non-empty and windows inside the whole.
int cresize_begin(cresize *self, cresize_axis x, cresize_axis y);

// The source columns and rows that must be given.
cresize_span cresize_columns(const cresize *self);
cresize_span cresize_rows(const cresize *self);

// Gives the next `count` source rows (a multiple of 8 until the last): RGB, 3 bytes a pixel, from the first wanted
// column on, `stride` bytes apart, in memory readable up to `end`. Writes every output row that became ready into
// `planes`: three planes (R, G, B) of window × window values, rows packed.
void cresize_push(cresize *self, const uint8_t *rows, size_t stride, uint32_t count, const uint8_t *end,
                  const cresize_output *output, float *planes);

// Keeps to plain C from now on, for tests and for measuring; both kernels give the same bits.
void cresize_use_portable(cresize *self);

// How narrower values are stored: IEEE half precision and the upper half of a single, both rounded to nearest even,
// or a byte for 0...255.
typedef enum cresize_format { CRESIZE_FLOAT16, CRESIZE_BFLOAT16, CRESIZE_UINT8 } cresize_format;

// Writes `count` floats in a narrower format.
void cresize_narrow(const float *from, size_t count, cresize_format format, void *into);

#endif
