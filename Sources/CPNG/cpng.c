#include "cpng.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "whole.h"

struct cpng_decoder {
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t left;
  int ran_out;
  int no_memory;
  cpng_info described;
};

static void fail(png_structp png, png_const_charp message) {
  cpng_decoder *self = png_get_error_ptr(png);
  if (strstr(message, "memory")) self->no_memory = 1;
  png_longjmp(png, 1);
}

static void be_silent(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void feed(png_structp png, png_bytep into, size_t count) {
  cpng_decoder *self = png_get_io_ptr(png);
  if (count > self->left) {
    self->ran_out = 1;
    png_error(png, "out of bytes");
  }
  memcpy(into, self->bytes, count);
  self->bytes += count;
  self->left -= count;
}

static cpng_status failure(const cpng_decoder *self) {
  if (self->ran_out) return CPNG_TRUNCATED;
  return self->no_memory ? CPNG_NO_MEMORY : CPNG_CORRUPT;
}

static void limit(cpng_decoder *self, cpng_limits limits) {
  png_set_user_limits(self->png, limits.dimension, limits.dimension);
  png_set_chunk_malloc_max(self->png, limits.memory);
  // Text, colour profiles and the like cost memory and time and change no pixel here.
  png_set_keep_unknown_chunks(self->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  static const png_byte kept[] = "eXIf";
  png_set_keep_unknown_chunks(self->png, PNG_HANDLE_CHUNK_AS_DEFAULT, kept, 1);
}

// Asks libpng for 8-bit RGB, or RGBA where anything is transparent.
static void ask_for_rgb(cpng_decoder *self) {
  png_structp png = self->png;
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
}

static void describe(cpng_decoder *self) {
  cpng_info *described = &self->described;
  described->width = png_get_image_width(self->png, self->info);
  described->height = png_get_image_height(self->png, self->info);
  described->has_alpha = (png_get_color_type(self->png, self->info) & PNG_COLOR_MASK_ALPHA) != 0 ||
                         png_get_valid(self->png, self->info, PNG_INFO_tRNS) != 0;
  png_uint_32 count = 0;
  png_bytep exif = NULL;
  described->is_interlaced = png_get_interlace_type(self->png, self->info) != PNG_INTERLACE_NONE;
  if (png_get_eXIf_1(self->png, self->info, &count, &exif) != 0) {
    described->exif = exif;
    described->exif_count = count;
  }
}

cpng_status cpng_open(const uint8_t *bytes, size_t count, cpng_limits limits, cpng_decoder **decoder,
                      cpng_info *info) {
  *decoder = NULL;
  cpng_decoder *self = calloc(1, sizeof *self);
  if (!self) return CPNG_NO_MEMORY;
  self->bytes = bytes;
  self->left = count;
  self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, fail, be_silent);
  self->info = self->png ? png_create_info_struct(self->png) : NULL;
  if (!self->info) {
    cpng_close(self);
    return CPNG_NO_MEMORY;
  }
  if (setjmp(png_jmpbuf(self->png))) {
    cpng_status status = failure(self);
    cpng_close(self);
    return status;
  }
  limit(self, limits);
  png_set_read_fn(self->png, self, feed);
  png_read_info(self->png, self->info);
  describe(self);
  *info = self->described;
  *decoder = self;
  return CPNG_OK;
}

// The 256 colours of a palette picture with their opacity; black beyond the palette, as in libpng.
static void fill_palette(cpng_decoder *self, uint8_t colours[256][4]) {
  png_colorp palette = NULL;
  png_bytep alphas = NULL;
  int count = 0, alpha_count = 0;
  png_get_PLTE(self->png, self->info, &palette, &count);
  png_get_tRNS(self->png, self->info, &alphas, &alpha_count, NULL);
  memset(colours, 0, 256 * 4);
  for (int i = 0; i < 256; i++) {
    if (i < count) memcpy(colours[i], &palette[i], 3);
    colours[i][3] = i < alpha_count ? alphas[i] : 255;
  }
}

// Bytes of a stored pixel where the short road may be taken, else 0.
static int plain_pixel(const cpng_decoder *self) {
  if (png_get_bit_depth(self->png, self->info) != 8 || self->described.is_interlaced) return 0;
  int has_key = png_get_valid(self->png, self->info, PNG_INFO_tRNS) != 0;
  switch (png_get_color_type(self->png, self->info)) {
  case PNG_COLOR_TYPE_PALETTE: return 1;
  case PNG_COLOR_TYPE_GRAY: return has_key ? 0 : 1;
  case PNG_COLOR_TYPE_RGB: return has_key ? 0 : 3;
  case PNG_COLOR_TYPE_GRAY_ALPHA: return 2;
  case PNG_COLOR_TYPE_RGB_ALPHA: return 4;
  default: return 0;
  }
}

static int read_plainly(cpng_decoder *self, uint8_t *pixels) {
  uint8_t colours[256][4];
  cpng_plain plain = {.width = self->described.width,
                      .height = self->described.height,
                      .stored = plain_pixel(self),
                      .channels = self->described.has_alpha ? 4 : 3};
  if (plain.stored == 0) return 0;
  if (png_get_color_type(self->png, self->info) == PNG_COLOR_TYPE_PALETTE) {
    fill_palette(self, colours);
    plain.palette = (const uint8_t(*)[4])colours;
  }
  // libpng has just read the first data chunk's length and name.
  return cpng_read_whole(self->bytes - 8, self->left + 8, &plain, pixels);
}

static size_t row_size(const cpng_decoder *self) {
  return (size_t)self->described.width * (self->described.has_alpha ? 4 : 3);
}

static cpng_status read_with_libpng(cpng_decoder *self, uint8_t *pixels) {
  if (setjmp(png_jmpbuf(self->png))) return failure(self);
  ask_for_rgb(self);
  int passes = png_set_interlace_handling(self->png);
  png_read_update_info(self->png, self->info);
  size_t stride = row_size(self);
  if (png_get_rowbytes(self->png, self->info) != stride) return CPNG_CORRUPT;
  memset(pixels, 255, stride * self->described.height);
  for (int pass = 0; pass < passes; pass++) {
    for (uint32_t row = 0; row < self->described.height; row++) {
      png_read_row(self->png, pixels + stride * row, NULL);
    }
  }
  return CPNG_OK;
}

cpng_status cpng_read(cpng_decoder *self, uint8_t *pixels) {
  return read_plainly(self, pixels) ? CPNG_OK : read_with_libpng(self, pixels);
}

cpng_status cpng_start_rows(cpng_decoder *self) {
  if (setjmp(png_jmpbuf(self->png))) return failure(self);
  ask_for_rgb(self);
  png_read_update_info(self->png, self->info);
  return png_get_rowbytes(self->png, self->info) == row_size(self) ? CPNG_OK : CPNG_CORRUPT;
}

cpng_status cpng_read_rows(cpng_decoder *self, uint8_t *rows, uint32_t count) {
  if (setjmp(png_jmpbuf(self->png))) return failure(self);
  for (uint32_t row = 0; row < count; row++) png_read_row(self->png, rows + row_size(self) * row, NULL);
  return CPNG_OK;
}

void cpng_close(cpng_decoder *self) {
  if (!self) return;
  png_destroy_read_struct(&self->png, &self->info, NULL);
  free(self);
}
