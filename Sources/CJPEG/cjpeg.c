#include "cjpeg.h"

#include <stdio.h>
// jpeglib.h needs stdio's types first.
#include <jerror.h>
#include <jpeglib.h>
#include <limits.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct cjpeg_decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  cjpeg_status failure;
  cjpeg_limits limits;
  int ran_out; // the source met the end of the bytes
  int damaged; // a warning that means missing or invented pixels
  uint8_t *cmyk; // one row, for pictures in four inks
};

static cjpeg_decoder *owner(j_common_ptr jpeg) { return (cjpeg_decoder *)jpeg; }

static cjpeg_status status_of(int code) {
  switch (code) {
  case JERR_OUT_OF_MEMORY:
  case JERR_NO_BACKING_STORE:
    return CJPEG_NO_MEMORY;
  case JERR_BAD_PRECISION:
  case JERR_SOF_UNSUPPORTED:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_NOT_COMPILED:
  case JERR_CCIR601_NOTIMPL:
  case JERR_FRACT_SAMPLE_NOTIMPL:
  case JERR_ARITH_NOTIMPL:
    return CJPEG_UNSUPPORTED;
  default:
    return CJPEG_CORRUPT;
  }
}

static void fail(j_common_ptr jpeg) {
  cjpeg_decoder *self = owner(jpeg);
  self->failure = status_of(self->errors.msg_code);
  // A header that stops short is reported by libjpeg as whatever it tripped over in the end mark fed to it.
  if (self->failure == CJPEG_CORRUPT && self->ran_out) self->failure = CJPEG_TRUNCATED;
  longjmp(self->escape, 1);
}

static void note(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
  // Harmless: bytes between segments, an unknown version, a wrong Adobe or JFIF mark.
  case JWRN_EXTRANEOUS_DATA:
  case JWRN_JFIF_MAJOR:
  case JWRN_ADOBE_XFORM:
  case JWRN_TOO_MUCH_DATA:
    return;
  default:
    owner(jpeg)->damaged = 1;
  }
}

static void be_silent(j_common_ptr jpeg) { (void)jpeg; }

static void source_nothing(j_decompress_ptr jpeg) { (void)jpeg; }

// Feeds an end mark for ever, as libjpeg's own memory source does, but remembers that it did.
static boolean source_end(j_decompress_ptr jpeg) {
  static const JOCTET end[2] = {0xFF, JPEG_EOI};
  owner((j_common_ptr)jpeg)->ran_out = 1;
  jpeg->src->next_input_byte = end;
  jpeg->src->bytes_in_buffer = 2;
  return TRUE;
}

static void source_skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  if ((size_t)count >= jpeg->src->bytes_in_buffer) {
    source_end(jpeg);
  } else {
    jpeg->src->next_input_byte += count;
    jpeg->src->bytes_in_buffer -= (size_t)count;
  }
}

static void count_scans(j_common_ptr jpeg) {
  cjpeg_decoder *self = owner(jpeg);
  if (self->jpeg.input_scan_number <= self->limits.scans) return;
  self->failure = CJPEG_TOO_MANY_SCANS;
  longjmp(self->escape, 1);
}

static void prepare(cjpeg_decoder *self, const uint8_t *bytes, size_t count) {
  j_decompress_ptr jpeg = &self->jpeg;
  jpeg_create_decompress(jpeg);
  // jmemnobs has no swap file: what does not fit under this limit is an error.
  jpeg->mem->max_memory_to_use = self->limits.memory > LONG_MAX ? LONG_MAX : (long)self->limits.memory;
  self->source.next_input_byte = bytes;
  self->source.bytes_in_buffer = count;
  self->source.init_source = source_nothing;
  self->source.fill_input_buffer = source_end;
  self->source.skip_input_data = source_skip;
  self->source.resync_to_restart = jpeg_resync_to_restart;
  self->source.term_source = source_nothing;
  jpeg->src = &self->source;
  self->progress.progress_monitor = count_scans;
  jpeg->progress = &self->progress;
  jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xFFFF);
}

static void find_exif(j_decompress_ptr jpeg, cjpeg_info *info) {
  static const char mark[6] = "Exif\0";
  for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker; marker = marker->next) {
    if (marker->data_length <= sizeof mark || memcmp(marker->data, mark, sizeof mark) != 0) continue;
    info->exif = marker->data + sizeof mark;
    info->exif_count = marker->data_length - sizeof mark;
    return;
  }
}

cjpeg_status cjpeg_open(const uint8_t *bytes, size_t count, cjpeg_limits limits, cjpeg_decoder **decoder,
                        cjpeg_info *info) {
  *decoder = NULL;
  cjpeg_decoder *self = calloc(1, sizeof *self);
  if (!self) return CJPEG_NO_MEMORY;
  self->limits = limits;
  self->jpeg.err = jpeg_std_error(&self->errors);
  self->errors.error_exit = fail;
  self->errors.emit_message = note;
  self->errors.output_message = be_silent;
  if (setjmp(self->escape)) {
    cjpeg_status failure = self->failure;
    cjpeg_close(self);
    return failure;
  }
  prepare(self, bytes, count);
  jpeg_read_header(&self->jpeg, TRUE);
  *info = (cjpeg_info){.width = self->jpeg.image_width, .height = self->jpeg.image_height};
  find_exif(&self->jpeg, info);
  *decoder = self;
  return CJPEG_OK;
}

void cjpeg_scale(cjpeg_decoder *self, unsigned denominator, uint32_t *width, uint32_t *height) {
  self->jpeg.scale_num = 1;
  self->jpeg.scale_denom = denominator;
  // What jpeg_calc_output_dimensions computes, without its error exits.
  *width = (self->jpeg.image_width + denominator - 1) / denominator;
  *height = (self->jpeg.image_height + denominator - 1) / denominator;
}

static int is_four_inks(j_decompress_ptr jpeg) {
  return jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
}

// Cuts to the wanted columns. libjpeg's smooth upsampling looks one sample to each side, so the cut is made a
// block wider than asked: then the wanted columns equal those of a full decode.
static void cut(j_decompress_ptr jpeg, uint32_t *first, uint32_t *width) {
  const JDIMENSION margin = 16;
  JDIMENSION start = *first > margin ? *first - margin : 0;
  JDIMENSION end = *first + *width;
  end = jpeg->output_width - end > margin ? end + margin : jpeg->output_width;
  JDIMENSION length = end - start;
  if (length < jpeg->output_width) jpeg_crop_scanline(jpeg, &start, &length);
  *first = start;
  *width = length;
}

cjpeg_status cjpeg_start(cjpeg_decoder *self, uint32_t *first, uint32_t *width, uint32_t skip) {
  if (setjmp(self->escape)) return self->failure;
  j_decompress_ptr jpeg = &self->jpeg;
  jpeg->out_color_space = is_four_inks(jpeg) ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(jpeg);
  cut(jpeg, first, width);
  if (is_four_inks(jpeg)) {
    self->cmyk = malloc((size_t)*width * 4);
    if (!self->cmyk) return CJPEG_NO_MEMORY;
  }
  if (skip > 0) jpeg_skip_scanlines(jpeg, skip);
  return CJPEG_OK;
}

static uint8_t scaled(unsigned a, unsigned b) {
  unsigned product = a * b + 128;
  return (uint8_t)((product + (product >> 8)) >> 8);
}

// Adobe stores four-ink JPEGs inverted and everybody follows, so the stored values already are "255 - ink".
static void inks_to_rgb(const uint8_t *cmyk, uint8_t *rgb, uint32_t count) {
  for (uint32_t i = 0; i < count; i++, cmyk += 4, rgb += 3) {
    uint8_t light = cmyk[3];
    for (int c = 0; c < 3; c++) rgb[c] = (uint8_t)(light - scaled(255 - cmyk[c], light));
  }
}

// Whether the pixels so far are the picture's own. A stream that only lacks its end mark is whole; with several
// scans there is no telling what the missing bytes held.
static cjpeg_status soundness(const cjpeg_decoder *self) {
  if (self->limits.accept_damaged) return CJPEG_OK;
  if (self->ran_out && (self->damaged || jpeg_has_multiple_scans((j_decompress_ptr)&self->jpeg))) {
    return CJPEG_TRUNCATED;
  }
  return self->damaged ? CJPEG_CORRUPT : CJPEG_OK;
}

cjpeg_status cjpeg_read(cjpeg_decoder *self, uint8_t *rows, size_t stride, uint32_t count) {
  if (setjmp(self->escape)) return self->failure;
  j_decompress_ptr jpeg = &self->jpeg;
  for (uint32_t done = 0; done < count;) {
    if (self->cmyk) {
      JSAMPROW row = self->cmyk;
      jpeg_read_scanlines(jpeg, &row, 1);
      inks_to_rgb(self->cmyk, rows + stride * done, jpeg->output_width);
      done++;
      continue;
    }
    JSAMPROW block[8];
    uint32_t wanted = count - done < 8 ? count - done : 8;
    for (uint32_t i = 0; i < wanted; i++) block[i] = rows + stride * (done + i);
    done += jpeg_read_scanlines(jpeg, block, wanted);
  }
  return soundness(self);
}

void cjpeg_close(cjpeg_decoder *self) {
  if (!self) return;
  // jpeg_destroy calls no error exit; the frame is for the day it does.
  if (!setjmp(self->escape)) jpeg_destroy_decompress(&self->jpeg);
  free(self->cmyk);
  free(self);
}
