// The short road for plain PNGs: 8 bits a sample, not interlaced, all of the data at hand. libdeflate inflates it
// at once, 2.5 times as fast as zlib by pieces, and rows are unfiltered with vectors. Whatever is not plain and
// sound is left to libpng, which also decides what is wrong with it.
#ifndef CPNG_WHOLE_H
#define CPNG_WHOLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct cpng_plain {
  uint32_t width, height;
  int stored;               // bytes of a stored pixel: 1 (grey or palette), 2 (grey, alpha), 3 or 4
  int channels;             // bytes of a wanted pixel: 3 or 4
  const uint8_t (*palette)[4]; // 256 colours, or NULL
} cpng_plain;

// Decodes the picture whose first IDAT chunk (from its length field on) starts at `chunks`. `pixels` has room for
// `height` bytes more than the picture. Returns 1, or 0 when libpng must do it (`pixels` is scribbled on then).
int cpng_read_whole(const uint8_t *chunks, size_t count, const cpng_plain *plain, uint8_t *pixels);

#endif
