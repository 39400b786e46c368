#include "whole.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "unfilter.h"

static uint32_t big32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

// Length of the run of sound IDAT chunks' data, or 0 when one is damaged or cut short. With `into`, copies it.
static size_t gather(const uint8_t *chunks, size_t count, uint8_t *into) {
  size_t total = 0;
  for (size_t at = 0; count - at >= 12;) {
    size_t length = big32(chunks + at);
    if (memcmp(chunks + at + 4, "IDAT", 4) != 0) return total;
    if (length > count - at - 12) return 0;
    const uint8_t *data = chunks + at + 8;
    if (into) {
      memcpy(into + total, data, length);
    } else if (libdeflate_crc32(0, data - 4, length + 4) != big32(data + length)) {
      return 0;
    }
    total += length;
    at += 12 + length;
  }
  // What ends without another chunk is no sound file.
  return 0;
}

// Inflates to exactly `size` bytes.
static int inflate_exactly(const uint8_t *data, size_t count, uint8_t *into, size_t size) {
  struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
  if (!inflater) return 0;
  enum libdeflate_result result = libdeflate_zlib_decompress(inflater, data, count, into, size, NULL);
  libdeflate_free_decompressor(inflater);
  return result == LIBDEFLATE_SUCCESS;
}

static int inflate_chunks(const uint8_t *chunks, size_t count, uint8_t *into, size_t size) {
  size_t total = gather(chunks, count, NULL);
  if (total == 0) return 0;
  // One chunk, as many encoders write, needs no gathering.
  if (total == big32(chunks)) return inflate_exactly(chunks + 8, total, into, size);
  uint8_t *joined = malloc(total);
  if (!joined) return 0;
  gather(chunks, count, joined);
  int sound = inflate_exactly(joined, total, into, size);
  free(joined);
  return sound;
}

// Grey, grey with alpha, or palette indices to RGB or RGBA.
static void expand(const cpng_plain *plain, const uint8_t *row, uint8_t *into) {
  size_t channels = (size_t)plain->channels;
  for (uint32_t x = 0; x < plain->width; x++, into += channels) {
    if (plain->palette) {
      memcpy(into, plain->palette[row[x]], channels);
    } else {
      const uint8_t *sample = row + (size_t)x * (size_t)plain->stored;
      memset(into, sample[0], 3);
      if (channels == 4) into[3] = sample[1];
    }
  }
}

int cpng_read_whole(const uint8_t *chunks, size_t count, const cpng_plain *plain, uint8_t *pixels) {
  size_t stored = (size_t)plain->width * (size_t)plain->stored, wanted = (size_t)plain->width * (size_t)plain->channels;
  size_t size = (stored + 1) * plain->height;
  // Filtered rows lie at the end of the buffer, finished ones grow from its start and never overtake them.
  uint8_t *rows = pixels + (wanted + 1) * plain->height - size;
  if (!inflate_chunks(chunks, count, rows, size)) return 0;
  uint8_t *zeros = calloc(stored, 1);
  if (!zeros) return 0;
  const uint8_t *above = zeros;
  int known = 1;
  for (uint32_t y = 0; y < plain->height && known; y++, rows += stored + 1, pixels += wanted) {
    // Pixels stored as they are wanted are finished in place; others are expanded from their finished row.
    uint8_t *finished = stored == wanted ? pixels : rows + 1;
    known = cpng_unfilter(rows[0], rows + 1, above, stored, plain->stored, finished);
    if (stored != wanted) expand(plain, finished, pixels);
    above = finished;
  }
  free(zeros);
  return known;
}
