#include "cresize.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>

// Without F16C a conversion is a function call for each value.
__attribute__((target("avx,f16c"))) static size_t narrow_f16c(const float *from, size_t count, uint16_t *into) {
  size_t done = 0;
  for (; done + 8 <= count; done += 8) {
    __m128i halves = _mm256_cvtps_ph(_mm256_loadu_ps(from + done), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128((__m128i *)(into + done), halves);
  }
  return done;
}
#endif

static void to_float16(const float *from, size_t count, uint16_t *into) {
  size_t done = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("f16c")) done = narrow_f16c(from, count, into);
#endif
  for (; done < count; done++) {
    _Float16 half = (_Float16)from[done];
    memcpy(into + done, &half, sizeof half);
  }
}

static void to_bfloat16(const float *from, size_t count, uint16_t *into) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, from + i, sizeof bits);
    into[i] = (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
  }
}

static void to_uint8(const float *from, size_t count, uint8_t *into) {
  for (size_t i = 0; i < count; i++) {
    // Half a level more, since the conversion cuts.
    float level = from[i] + 0.5F;
    into[i] = (uint8_t)(int32_t)(level < 0.0F ? 0.0F : level > 255.0F ? 255.0F : level);
  }
}

void cresize_narrow(const float *from, size_t count, cresize_format format, void *into) {
  switch (format) {
  case CRESIZE_FLOAT16: return to_float16(from, count, into);
  case CRESIZE_BFLOAT16: return to_bfloat16(from, count, into);
  case CRESIZE_UINT8: return to_uint8(from, count, into);
  }
}
