// Undoing PNG's row filters (ISO/IEC 15948, clause 9).
#ifndef CPNG_UNFILTER_H
#define CPNG_UNFILTER_H

#include <stddef.h>
#include <stdint.h>

// Turns `count` filtered bytes at `row`, of pixels of `step` bytes, into samples at `into`, which may be `row` or
// lie before it. `above` is the finished row above, or zeros. Returns 0 for an unknown filter.
int cpng_unfilter(int filter, const uint8_t *row, const uint8_t *above, size_t count, int step, uint8_t *into);

#endif
