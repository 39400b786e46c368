#include "cresize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

// A growing buffer whose start suits any vector.
typedef struct buffer {
  void *bytes;
  size_t size;
} buffer;

struct cresize {
  columns_kernel *columns_of;
  row_kernel *row_of;
  table x, y;
  int rows_first;       // which pass comes first
  buffer x_table, y_table, columns, between, rows, pairs, floats, block;
  size_t row_size;      // bytes of a row held: one resampled along x, or with rows first one of the source
  uint32_t held;        // rows that fit
  uint32_t base, given; // source rows (relative to the span): first one held, one past the last
  uint32_t done;        // output rows written
};

static int grow(buffer *b, size_t size) {
  if (size <= b->size) return 0;
  size_t rounded_up = (size + 4095) / 4096 * 4096;
  void *bytes = aligned_alloc(64, rounded_up);
  if (!bytes) return -1;
  // The kernels compute whole vectors; what lies past the picture is thrown away but must be defined.
  memset(bytes, 0, rounded_up);
  free(b->bytes);
  *b = (buffer){bytes, rounded_up};
  return 0;
}

// Keys' cubic with a = -0.5, as Pillow's and torchvision's "bicubic".
static double bicubic(double x) {
  const double a = -0.5;
  x = fabs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

typedef struct geometry {
  double scale, stretch, support;
} geometry;

static geometry geometry_of(cresize_axis axis) {
  double scale = (double)axis.source / axis.whole;
  double stretch = scale < 1.0 ? 1.0 : scale;
  return (geometry){scale, stretch, 2.0 * stretch};
}

static cresize_span reach(cresize_axis axis, geometry g, uint32_t output) {
  double centre = (output + 0.5) * g.scale;
  double low = centre - g.support + 0.5, high = centre + g.support + 0.5;
  uint32_t first = low < 0 ? 0 : (uint32_t)low;
  uint32_t end = high > axis.source ? axis.source : (uint32_t)high;
  return (cresize_span){first, end - first};
}

static int make_room(table *t, buffer *b, uint32_t outputs, uint32_t taps) {
  size_t cells = (size_t)outputs * taps;
  if (grow(b, (cells * 2 + (size_t)outputs * 3) * 4) != 0) return -1;
  t->outputs = outputs;
  t->taps = taps;
  t->coefficients = b->bytes;
  t->split = t->coefficients + cells;
  t->base = t->split + cells;
  t->first = (uint32_t *)(t->base + outputs);
  t->count = t->first + outputs;
  return 0;
}

// The coefficients of one output, in the order of operations of Pillow's precompute_coeffs.
static void fill_output(table *t, geometry g, uint32_t index, uint32_t output, cresize_span used, double *weights) {
  double centre = (output + 0.5) * g.scale, total = 0.0, shrink = 1.0 / g.stretch;
  for (uint32_t k = 0; k < used.count; k++) {
    weights[k] = bicubic((k + used.first - centre + 0.5) * shrink);
    total += weights[k];
  }
  int32_t *coefficients = t->coefficients + (size_t)index * t->taps, *split = t->split + (size_t)index * t->taps;
  int32_t highs = 0;
  for (uint32_t k = 0; k < used.count; k++) {
    double weight = (total != 0.0 ? weights[k] / total : weights[k]) * (1 << PRECISION);
    int32_t c = (int32_t)(weight < 0 ? weight - 0.5 : weight + 0.5);
    coefficients[k] = c;
    split[k] = (int32_t)((uint32_t)(c >> 8) << 16 | ((uint32_t)c & 255));
    highs += c >> 8;
  }
  t->first[index] = used.first - t->span.first;
  t->count[index] = used.count;
  // The half for rounding, and the 128 that the kernel takes off every sample's upper part.
  t->base[index] = (1 << (PRECISION - 1)) + highs * 32768;
}

static int fill_table(table *t, buffer *b, buffer *scratch, cresize_axis axis) {
  geometry g = geometry_of(axis);
  uint32_t taps = (uint32_t)ceil(g.support) * 2 + 1;
  if (make_room(t, b, axis.window, taps) != 0 || grow(scratch, (size_t)taps * sizeof(double)) != 0) return -1;
  t->span = reach(axis, g, axis.offset);
  cresize_span last = reach(axis, g, axis.offset + axis.window - 1);
  t->span.count = last.first + last.count - t->span.first;
  for (uint32_t i = 0; i < axis.window; i++) {
    uint32_t output = axis.offset + i;
    fill_output(t, g, i, output, reach(axis, g, output), scratch->bytes);
  }
  return 0;
}

cresize *cresize_new(void) {
  cresize *self = calloc(1, sizeof *self);
  if (!self) return NULL;
  cresize_use_portable(self);
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    self->columns_of = resize_columns_avx2;
    self->row_of = resize_row_avx2;
  }
#endif
  return self;
}

void cresize_use_portable(cresize *self) {
  self->columns_of = resize_columns_portable;
  self->row_of = resize_row_portable;
}

void cresize_free(cresize *self) {
  if (!self) return;
  buffer *all[] = {&self->x_table, &self->y_table, &self->columns, &self->between, &self->rows, &self->pairs,
                   &self->floats,  &self->block};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]->bytes);
  free(self);
}

// Bytes that a kernel may read of a row: whole groups of eight pixels and the slack of its last load.
static size_t readable(const table *x) { return (size_t)padded(x->span.count, 8) * 3 + 4; }

// Pillow 13's rule: a height that shrinks by more than twice what the width does is resampled first.
static int shrinks_mostly_in_height(cresize_axis x, cresize_axis y) {
  int64_t height = (int64_t)y.source - y.whole, width = (int64_t)x.source - x.whole;
  return height > 0 && height > width * 2;
}

int cresize_begin(cresize *self, cresize_axis x, cresize_axis y) {
  if (fill_table(&self->x, &self->x_table, &self->pairs, x) != 0) return -1;
  if (fill_table(&self->y, &self->y_table, &self->pairs, y) != 0) return -1;
  self->rows_first = shrinks_mostly_in_height(x, y);
  self->row_size = self->rows_first ? padded(self->x.span.count * 3, 16) : plane_stride(x.window) * 3;
  // Twice the rows of a window, so that moving the live ones to the front is rare; no more than there are.
  uint32_t twice = (self->y.taps + BLOCK) * 2, all = padded(self->y.span.count, BLOCK) + BLOCK;
  self->held = twice < all ? twice : all;
  self->base = self->given = self->done = 0;
  size_t columns = (size_t)padded(self->x.span.count, 8) * 3 * BLOCK * 4;
  if (grow(&self->columns, columns) != 0) return -1;
  if (grow(&self->between, self->row_size * self->held) != 0) return -1;
  if (grow(&self->rows, readable(&self->x) * BLOCK) != 0) return -1;
  if (self->rows_first) {
    if (grow(&self->floats, (size_t)self->x.span.count * 3 * sizeof(float)) != 0) return -1;
    if (grow(&self->block, plane_stride(x.window) * 3 * BLOCK) != 0) return -1;
  }
  return grow(&self->pairs, ((size_t)self->y.taps + 2) * 2 * sizeof(int32_t));
}

cresize_span cresize_columns(const cresize *self) { return self->x.span; }
cresize_span cresize_rows(const cresize *self) { return self->y.span; }

static uint8_t *row_held(const cresize *self, uint32_t row) {
  return (uint8_t *)self->between.bytes + self->row_size * (row - self->base);
}

// Makes room for another block behind the rows held, dropping those that no later output needs.
static void slide(cresize *self) {
  if (self->given + BLOCK - self->base <= self->held) return;
  uint32_t keep = self->done < self->y.outputs ? self->y.first[self->done] : self->given;
  if (keep > self->given) keep = self->given;
  memmove(self->between.bytes, row_held(self, keep), self->row_size * (self->given - keep));
  self->base = keep;
}

// Resamples up to BLOCK rows along x.
static void take_block(cresize *self, const uint8_t *rows, size_t stride, uint32_t count, const uint8_t *end) {
  const uint8_t *block[BLOCK];
  size_t need = readable(&self->x);
  for (uint32_t r = 0; r < BLOCK; r++) {
    uint32_t row = r < count ? r : count - 1;
    block[r] = rows + stride * row;
    if ((size_t)(end - block[r]) < need) {
      uint8_t *copy = (uint8_t *)self->rows.bytes + need * r;
      memcpy(copy, block[r], (size_t)self->x.span.count * 3);
      block[r] = copy;
    }
  }
  self->columns_of(&self->x, block, self->columns.bytes, row_held(self, self->given), self->row_size);
}

// Whether the rows that the next output is made of have all been given.
static int is_ready(const cresize *self) {
  const table *y = &self->y;
  return self->done < y->outputs && y->first[self->done] + y->count[self->done] <= self->given;
}

// Writes output row `index` out of `count` rows of three planes.
static void write_row(const cresize *self, uint32_t index, const uint8_t *rows, size_t stride, uint32_t count,
                      const int32_t *coefficients, const cresize_output *output, float *planes) {
  uint32_t width = self->x.outputs;
  for (size_t c = 0; c < 3; c++) {
    float *into = planes + ((size_t)self->y.outputs * c + index) * width;
    self->row_of(rows + plane_stride(width) * c, stride, count, coefficients, width, self->pairs.bytes,
                 output->scale[c], output->bias[c], into);
  }
}

static void write_ready(cresize *self, const cresize_output *output, float *planes) {
  const table *y = &self->y;
  for (; is_ready(self); self->done++) {
    write_row(self, self->done, row_held(self, y->first[self->done]), self->row_size, y->count[self->done],
              y->coefficients + (size_t)self->done * y->taps, output, planes);
  }
}

// Keeps up to BLOCK rows of the source as they are.
static void keep_block(cresize *self, const uint8_t *rows, size_t stride, uint32_t count) {
  for (uint32_t r = 0; r < count; r++) {
    memcpy(row_held(self, self->given + r), rows + stride * r, (size_t)self->x.span.count * 3);
  }
}

// Resamples the rows held along y, for the next up to BLOCK outputs that are ready. Returns their count.
static uint32_t shrink_rows(cresize *self) {
  const table *y = &self->y;
  uint32_t width = self->x.span.count * 3, made = 0;
  for (; made < BLOCK && is_ready(self); made++, self->done++) {
    self->row_of(row_held(self, y->first[self->done]), self->row_size, y->count[self->done],
                 y->coefficients + (size_t)self->done * y->taps, width, self->pairs.bytes, 1.0F, 0.0F,
                 self->floats.bytes);
    cresize_narrow(self->floats.bytes, width, CRESIZE_UINT8,
                   (uint8_t *)self->rows.bytes + readable(&self->x) * made);
  }
  return made;
}

// As write_ready, for rows first.
static void write_ready_tall(cresize *self, const cresize_output *output, float *planes) {
  const int32_t whole = 1 << PRECISION;
  size_t need = readable(&self->x), stride = plane_stride(self->x.outputs) * 3;
  uint8_t *into = self->block.bytes;
  for (uint32_t made; (made = shrink_rows(self)) > 0;) {
    const uint8_t *rows[BLOCK];
    for (uint32_t r = 0; r < BLOCK; r++) rows[r] = (uint8_t *)self->rows.bytes + need * (r < made ? r : 0);
    self->columns_of(&self->x, rows, self->columns.bytes, into, stride);
    for (uint32_t r = 0; r < made; r++) {
      write_row(self, self->done - made + r, into + stride * r, stride, 1, &whole, output, planes);
    }
  }
}

void cresize_push(cresize *self, const uint8_t *rows, size_t stride, uint32_t count, const uint8_t *end,
                  const cresize_output *output, float *planes) {
  for (uint32_t at = 0; at < count && self->given < self->y.span.count; at += BLOCK) {
    uint32_t left = count - at < BLOCK ? count - at : BLOCK;
    const uint8_t *next = rows + stride * at;
    slide(self);
    if (self->rows_first) {
      keep_block(self, next, stride, left);
    } else {
      take_block(self, next, stride, left, end);
    }
    self->given += left;
    if (self->rows_first) {
      write_ready_tall(self, output, planes);
    } else {
      write_ready(self, output, planes);
    }
  }
}
