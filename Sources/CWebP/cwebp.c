#include "cwebp.h"

#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

static cwebp_status status_of(VP8StatusCode code) {
  switch (code) {
  case VP8_STATUS_OK: return CWEBP_OK;
  case VP8_STATUS_OUT_OF_MEMORY: return CWEBP_NO_MEMORY;
  case VP8_STATUS_UNSUPPORTED_FEATURE: return CWEBP_UNSUPPORTED;
  case VP8_STATUS_NOT_ENOUGH_DATA:
  case VP8_STATUS_SUSPENDED: return CWEBP_TRUNCATED;
  default: return CWEBP_CORRUPT;
  }
}

static uint32_t little32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

// The RIFF container's size says where the picture should end.
static int is_cut_short(const uint8_t *bytes, size_t count) {
  return count < 12 || (size_t)little32(bytes + 4) + 8 > count;
}

// Walks the RIFF chunks: the demultiplexer would refuse a damaged file whole.
static void find_exif(const uint8_t *bytes, size_t count, cwebp_info *info) {
  for (size_t at = 12; at + 8 <= count;) {
    size_t length = little32(bytes + at + 4);
    if (length > count - at - 8) return;
    if (memcmp(bytes + at, "EXIF", 4) == 0) {
      info->exif = bytes + at + 8;
      info->exif_count = length;
      return;
    }
    at += 8 + length + (length & 1);
  }
}

cwebp_status cwebp_read_info(const uint8_t *bytes, size_t count, cwebp_info *info) {
  WebPBitstreamFeatures features;
  VP8StatusCode code = WebPGetFeatures(bytes, count, &features);
  if (code != VP8_STATUS_OK) return status_of(code);
  *info = (cwebp_info){.width = (uint32_t)features.width,
                       .height = (uint32_t)features.height,
                       .has_alpha = features.has_alpha,
                       .is_animated = features.has_animation};
  find_exif(bytes, count, info);
  return CWEBP_OK;
}

static cwebp_status decode_animated(const uint8_t *bytes, size_t count, const cwebp_info *info, uint8_t *pixels) {
  WebPData data = {bytes, count};
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) return CWEBP_UNSUPPORTED;
  options.color_mode = MODE_RGBA;
  WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, &options);
  if (!decoder) return CWEBP_CORRUPT;
  cwebp_status status = CWEBP_CORRUPT;
  WebPAnimInfo canvas;
  uint8_t *frame;
  int milliseconds;
  if (WebPAnimDecoderGetInfo(decoder, &canvas) && canvas.canvas_width == info->width &&
      canvas.canvas_height == info->height && WebPAnimDecoderGetNext(decoder, &frame, &milliseconds)) {
    memcpy(pixels, frame, (size_t)info->width * info->height * 4);
    status = CWEBP_OK;
  }
  WebPAnimDecoderDelete(decoder);
  return status;
}

static cwebp_status decode_still(const uint8_t *bytes, size_t count, const cwebp_info *info, uint8_t *pixels) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return CWEBP_UNSUPPORTED;
  size_t stride = (size_t)info->width * (info->has_alpha ? 4 : 3);
  config.output.colorspace = info->has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)stride;
  config.output.u.RGBA.size = stride * info->height;
  // Rows are written as they are decoded, so what came before an error is there.
  cwebp_status status = status_of(WebPDecode(bytes, count, &config));
  WebPFreeDecBuffer(&config.output);
  return status;
}

cwebp_status cwebp_decode(const uint8_t *bytes, size_t count, const cwebp_info *info, uint8_t *pixels) {
  cwebp_status status = info->is_animated ? decode_animated(bytes, count, info, pixels)
                                          : decode_still(bytes, count, info, pixels);
  return status == CWEBP_CORRUPT && is_cut_short(bytes, count) ? CWEBP_TRUNCATED : status;
}
