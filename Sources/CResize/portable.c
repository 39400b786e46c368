#include "kernel.h"

static const int32_t half = 1 << (PRECISION - 1);

void resize_columns_portable(const table *x, const uint8_t *const rows[BLOCK], int32_t *columns, uint8_t *into,
                             size_t stride) {
  (void)columns;
  for (int r = 0; r < BLOCK; r++) {
    for (uint32_t i = 0; i < x->outputs; i++) {
      const int32_t *coefficients = x->coefficients + (size_t)i * x->taps;
      const uint8_t *pixel = rows[r] + (size_t)x->first[i] * 3;
      int32_t sum[3] = {half, half, half};
      for (uint32_t k = 0; k < x->count[i]; k++, pixel += 3) {
        for (int c = 0; c < 3; c++) sum[c] += pixel[c] * coefficients[k];
      }
      for (int c = 0; c < 3; c++) into[stride * (size_t)r + plane_stride(x->outputs) * (size_t)c + i] = rounded(sum[c]);
    }
  }
}

void resize_row_portable(const uint8_t *rows, size_t stride, uint32_t count, const int32_t *coefficients,
                         uint32_t width, int32_t *pairs, float scale, float bias, float *into) {
  (void)pairs;
  for (uint32_t i = 0; i < width; i++) {
    int32_t sum = half;
    for (uint32_t k = 0; k < count; k++) sum += rows[stride * k + i] * coefficients[k];
    float product = (float)rounded(sum) * scale;
    into[i] = product + bias;
  }
}
