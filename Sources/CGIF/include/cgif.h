// The first frame of a GIF through giflib. The bytes must outlive the decoder.
#ifndef CGIF_H
#define CGIF_H

#include <stddef.h>
#include <stdint.h>

typedef enum cgif_status {
  CGIF_OK = 0,
  CGIF_CORRUPT,   // the stream breaks the format
  CGIF_TRUNCATED, // the bytes end before the frame does
  CGIF_NO_MEMORY, // the allocator said no
} cgif_status;

typedef struct cgif_info {
  uint32_t width, height; // of the canvas, grown to hold the first frame
} cgif_info;

typedef struct cgif_decoder cgif_decoder;

// Reads up to the first frame's description. On success *decoder must be closed; on failure it is NULL.
cgif_status cgif_open(const uint8_t *bytes, size_t count, cgif_decoder **decoder, cgif_info *info);

// Draws the first frame on its canvas as RGB, 3 bytes a pixel, rows packed. What the frame leaves uncovered, and
// transparent pixels, are white; with no transparent colour the uncovered canvas has the palette's first colour,
// as in Pillow. Rows before a failure are kept.
cgif_status cgif_read(cgif_decoder *decoder, uint8_t *pixels);

// Frees everything. NULL is allowed.
void cgif_close(cgif_decoder *decoder);

#endif
