#include "cpng.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

cpng_status cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t **bytes, size_t *count) {
  png_image image;
  png_alloc_size_t size = 0;
  *bytes = NULL;
  *count = 0;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_RGB;
  // The first call only measures; libpng keeps its own error frame in these calls.
  if (!png_image_write_get_memory_size(image, size, 0, pixels, 0, NULL)) return CPNG_NO_MEMORY;
  uint8_t *memory = malloc(size);
  if (!memory) return CPNG_NO_MEMORY;
  if (!png_image_write_to_memory(&image, memory, &size, 0, pixels, 0, NULL)) {
    free(memory);
    return CPNG_NO_MEMORY;
  }
  *bytes = memory;
  *count = size;
  return CPNG_OK;
}
