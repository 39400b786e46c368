#include "cwebp.h"

#include <webp/encode.h>

cwebp_status cwebp_encode(const uint8_t *pixels, uint32_t width, uint32_t height, float quality, uint8_t **bytes, size_t *count) {
  *bytes = NULL;
  *count = 0;
  if (width > WEBP_MAX_DIMENSION || height > WEBP_MAX_DIMENSION) return CWEBP_UNSUPPORTED;
  int stride = (int)width * 3;
  *count = quality < 0 ? WebPEncodeLosslessRGB(pixels, (int)width, (int)height, stride, bytes)
                       : WebPEncodeRGB(pixels, (int)width, (int)height, stride, quality, bytes);
  return *count ? CWEBP_OK : CWEBP_NO_MEMORY;
}

void cwebp_free(uint8_t *bytes) { WebPFree(bytes); }
