// JPEG through libjpeg-turbo, with its setjmp error frame kept inside C.
//
// A decoder is opened on bytes that must outlive it, optionally told to scale or to cut, started, and then read
// row by row. Every function returns a status; after any status but CJPEG_OK the decoder may only be closed.
// No function writes to standard error, and none keeps memory after cjpeg_close.
#ifndef CJPEG_H
#define CJPEG_H

#include <stddef.h>
#include <stdint.h>

typedef enum cjpeg_status {
  CJPEG_OK = 0,
  CJPEG_CORRUPT,        // the stream breaks the format
  CJPEG_TRUNCATED,      // the bytes end before the picture does
  CJPEG_UNSUPPORTED,    // a valid JPEG of a kind libjpeg does not decode (12 bit, lossless, two components)
  CJPEG_TOO_MANY_SCANS, // more scans than allowed: work out of all proportion to its bytes
  CJPEG_NO_MEMORY,      // the allocator or the memory limit said no
} cjpeg_status;

typedef struct cjpeg_limits {
  size_t memory;   // bytes libjpeg may hold at once
  int scans;       // scans of a progressive picture
  int accept_damaged; // non-zero: truncated or damaged data decodes as far as it goes
} cjpeg_limits;

typedef struct cjpeg_info {
  uint32_t width, height; // as stored, before orientation
  const uint8_t *exif;    // the EXIF block's TIFF bytes, valid until the decoder is closed; NULL when absent
  size_t exif_count;
} cjpeg_info;

typedef struct cjpeg_decoder cjpeg_decoder;

// Reads the header. On success *decoder must be closed by the caller; on failure it is NULL.
cjpeg_status cjpeg_open(const uint8_t *bytes, size_t count, cjpeg_limits limits, cjpeg_decoder **decoder, cjpeg_info *info);

// Chooses decoding at 1/denominator (1, 2, 4 or 8) of the size and gives the resulting size. Before cjpeg_start.
void cjpeg_scale(cjpeg_decoder *decoder, unsigned denominator, uint32_t *width, uint32_t *height);

// Starts decoding. *first and *width are the wanted columns; they come back widened to whole blocks, with a margin
// that makes the wanted columns exactly those of a full decode. `skip` rows at the top are passed over.
cjpeg_status cjpeg_start(cjpeg_decoder *decoder, uint32_t *first, uint32_t *width, uint32_t skip);

// Reads the next `count` rows of RGB, 3 bytes a pixel, each row `stride` bytes after the last.
cjpeg_status cjpeg_read(cjpeg_decoder *decoder, uint8_t *rows, size_t stride, uint32_t count);

// Frees everything. NULL is allowed.
void cjpeg_close(cjpeg_decoder *decoder);

// Encodes packed RGB rows as a baseline JPEG with 4:2:0 chroma, as cjpeg does; quality is 1 to 100. On
// success *bytes must be freed by the caller with free().
cjpeg_status cjpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, uint8_t **bytes, size_t *count);

#endif
