// PNG through libpng, with its setjmp error frame kept inside C, and through libdeflate where that is faster.
//
// Every function returns a status and writes nothing to standard error. The bytes must outlive the decoder.
#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

typedef enum cpng_status {
  CPNG_OK = 0,
  CPNG_CORRUPT,   // the stream breaks the format, or a checksum of a needed chunk is wrong
  CPNG_TRUNCATED, // the bytes end before the picture does
  CPNG_NO_MEMORY, // the allocator or the memory limit said no
} cpng_status;

typedef struct cpng_limits {
  uint32_t dimension; // largest width and height
  size_t memory;      // bytes of one allocation of libpng
} cpng_limits;

typedef struct cpng_info {
  uint32_t width, height;
  int has_alpha;       // an alpha channel, or a colour declared transparent
  int is_interlaced;
  const uint8_t *exif; // the eXIf chunk's TIFF bytes if it precedes the pixels, else NULL; valid until closed
  size_t exif_count;
} cpng_info;

typedef struct cpng_decoder cpng_decoder;

// Reads the header up to the first pixels. On success *decoder must be closed; on failure it is NULL.
cpng_status cpng_open(const uint8_t *bytes, size_t count, cpng_limits limits, cpng_decoder **decoder, cpng_info *info);

// Reads the whole picture as 8-bit samples into `pixels`, 4 bytes a pixel (RGBA) where info.has_alpha, else 3
// (RGB), rows packed. `pixels` must have room for `height` bytes more. Sixteen-bit samples keep their high byte,
// as Pillow does. On failure the rows that were reached are there and the others are white.
cpng_status cpng_read(cpng_decoder *decoder, uint8_t *pixels);

// Starts reading by rows, in place of cpng_read: for pictures that are better not in memory as a whole, and are not
// interlaced. Slower than cpng_read, for zlib inflates.
cpng_status cpng_start_rows(cpng_decoder *decoder);

// Reads the next `count` rows, packed and of the samples that cpng_read gives.
cpng_status cpng_read_rows(cpng_decoder *decoder, uint8_t *rows, uint32_t count);

// Frees everything. NULL is allowed.
void cpng_close(cpng_decoder *decoder);

// Encodes packed RGB rows. On success *bytes must be freed by the caller with free().
cpng_status cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t **bytes, size_t *count);

#endif
