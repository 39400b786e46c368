#include "cgif.h"

#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

struct cgif_decoder {
  GifFileType *gif;
  const uint8_t *bytes;
  size_t left;
  int ran_out;
  int transparent; // index, or NO_TRANSPARENT_COLOR
  cgif_info described;
};

static int feed(GifFileType *gif, GifByteType *into, int count) {
  cgif_decoder *self = gif->UserData;
  size_t given = (size_t)count < self->left ? (size_t)count : self->left;
  if (given < (size_t)count) self->ran_out = 1;
  memcpy(into, self->bytes, given);
  self->bytes += given;
  self->left -= given;
  return (int)given;
}

static cgif_status failure(const cgif_decoder *self, int error) {
  if (error == D_GIF_ERR_NOT_ENOUGH_MEM) return CGIF_NO_MEMORY;
  return self->ran_out ? CGIF_TRUNCATED : CGIF_CORRUPT;
}

// Reads one extension; only the graphics control block says something about the picture.
static int read_extension(cgif_decoder *self) {
  int code;
  GifByteType *block;
  if (DGifGetExtension(self->gif, &code, &block) == GIF_ERROR) return GIF_ERROR;
  GraphicsControlBlock control;
  if (code == GRAPHICS_EXT_FUNC_CODE && block && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
    self->transparent = control.TransparentColor;
  }
  while (block) {
    if (DGifGetExtensionNext(self->gif, &block) == GIF_ERROR) return GIF_ERROR;
  }
  return GIF_OK;
}

// Advances to the first frame: GIF_OK when its description has been read.
static int find_frame(cgif_decoder *self) {
  for (;;) {
    GifRecordType type;
    if (DGifGetRecordType(self->gif, &type) == GIF_ERROR) return GIF_ERROR;
    switch (type) {
    case IMAGE_DESC_RECORD_TYPE:
      return DGifGetImageDesc(self->gif);
    case EXTENSION_RECORD_TYPE:
      if (read_extension(self) == GIF_ERROR) return GIF_ERROR;
      break;
    default:
      return GIF_ERROR;
    }
  }
}

static uint32_t larger(GifWord canvas, GifWord frameStart, GifWord frameLength) {
  GifWord end = frameStart + frameLength;
  return (uint32_t)(canvas > end ? canvas : end);
}

cgif_status cgif_open(const uint8_t *bytes, size_t count, cgif_decoder **decoder, cgif_info *info) {
  *decoder = NULL;
  cgif_decoder *self = calloc(1, sizeof *self);
  if (!self) return CGIF_NO_MEMORY;
  self->bytes = bytes;
  self->left = count;
  self->transparent = NO_TRANSPARENT_COLOR;
  int error = 0;
  self->gif = DGifOpen(self, feed, &error);
  if (!self->gif || find_frame(self) == GIF_ERROR) {
    cgif_status status = failure(self, self->gif ? self->gif->Error : error);
    cgif_close(self);
    return status;
  }
  const GifImageDesc *frame = &self->gif->Image;
  self->described.width = larger(self->gif->SWidth, frame->Left, frame->Width);
  self->described.height = larger(self->gif->SHeight, frame->Top, frame->Height);
  *info = self->described;
  *decoder = self;
  return CGIF_OK;
}

// The 256 colours of a frame, black beyond its palette, greys without one, and white where transparent.
static void fill_palette(const cgif_decoder *self, uint8_t colours[256][3]) {
  const ColorMapObject *map = self->gif->Image.ColorMap ? self->gif->Image.ColorMap : self->gif->SColorMap;
  for (int i = 0; i < 256; i++) {
    if (!map) {
      memset(colours[i], i, 3);
    } else if (i < map->ColorCount) {
      colours[i][0] = map->Colors[i].Red;
      colours[i][1] = map->Colors[i].Green;
      colours[i][2] = map->Colors[i].Blue;
    } else {
      memset(colours[i], 0, 3);
    }
  }
  if (self->transparent >= 0 && self->transparent < 256) memset(colours[self->transparent], 255, 3);
}

static void fill_canvas(const cgif_decoder *self, uint8_t *pixels, const uint8_t colour[3]) {
  size_t count = (size_t)self->described.width * self->described.height;
  for (size_t i = 0; i < count; i++) memcpy(pixels + i * 3, colour, 3);
}

// The canvas row of the frame's n-th stored line (GIF89a, appendix E: four interlace passes).
static GifWord interlaced_row(GifWord line, GifWord height) {
  static const GifWord start[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
  for (int pass = 0; pass < 4; pass++) {
    GifWord lines = height > start[pass] ? (height - start[pass] + step[pass] - 1) / step[pass] : 0;
    if (line < lines) return start[pass] + line * step[pass];
    line -= lines;
  }
  return height - 1;
}

static cgif_status read_lines(cgif_decoder *self, uint8_t *pixels, uint8_t colours[256][3], GifPixelType *line) {
  const GifImageDesc frame = self->gif->Image;
  for (GifWord i = 0; i < frame.Height; i++) {
    if (DGifGetLine(self->gif, line, frame.Width) == GIF_ERROR) return failure(self, self->gif->Error);
    GifWord row = frame.Top + (frame.Interlace ? interlaced_row(i, frame.Height) : i);
    uint8_t *into = pixels + ((size_t)row * self->described.width + (size_t)frame.Left) * 3;
    for (GifWord x = 0; x < frame.Width; x++) memcpy(into + (size_t)x * 3, colours[line[x]], 3);
  }
  return CGIF_OK;
}

cgif_status cgif_read(cgif_decoder *self, uint8_t *pixels) {
  uint8_t colours[256][3];
  fill_palette(self, colours);
  fill_canvas(self, pixels, colours[self->transparent >= 0 ? self->transparent : 0]);
  GifPixelType *line = malloc((size_t)self->gif->Image.Width + 1);
  if (!line) return CGIF_NO_MEMORY;
  cgif_status status = read_lines(self, pixels, colours, line);
  free(line);
  return status;
}

void cgif_close(cgif_decoder *self) {
  if (!self) return;
  if (self->gif) DGifCloseFile(self->gif, NULL);
  free(self);
}
