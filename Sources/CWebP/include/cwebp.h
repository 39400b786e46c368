// WebP through libwebp and its demultiplexer. No state outlives a call; the bytes must outlive it.
#ifndef CWEBP_H
#define CWEBP_H

#include <stddef.h>
#include <stdint.h>

typedef enum cwebp_status {
  CWEBP_OK = 0,
  CWEBP_CORRUPT,     // the stream breaks the format
  CWEBP_TRUNCATED,   // the bytes end before the picture does
  CWEBP_UNSUPPORTED, // a feature libwebp does not know
  CWEBP_NO_MEMORY,   // the allocator said no
} cwebp_status;

typedef struct cwebp_info {
  uint32_t width, height; // of the canvas
  int has_alpha;
  int is_animated;
  const uint8_t *exif; // the EXIF chunk's bytes inside `bytes`, or NULL
  size_t exif_count;
} cwebp_info;

// Reads the header; no pixel is decoded.
cwebp_status cwebp_read_info(const uint8_t *bytes, size_t count, cwebp_info *info);

// Decodes the picture, or the first frame of an animation on its canvas, as read by cwebp_read_info: 4 bytes a
// pixel (RGBA) where info->has_alpha or info->is_animated, else 3 (RGB), rows packed. Where the bytes end
// early, what was decoded of a still picture is in `pixels`.
cwebp_status cwebp_decode(const uint8_t *bytes, size_t count, const cwebp_info *info, uint8_t *pixels);

// Encodes packed RGB rows: lossy with a quality of 0 to 100, or lossless for a negative one. On success *bytes must be
// freed by the caller with cwebp_free.
cwebp_status cwebp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, float quality, uint8_t **bytes, size_t *count);

// Frees what cwebp_encode gave. NULL is allowed.
void cwebp_free(uint8_t *bytes);

#endif
