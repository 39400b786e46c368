// The least that reading a JPEG costs: libjpeg-turbo's own calls and nothing else.
#ifndef CFLOOR_H
#define CFLOOR_H

#include <stddef.h>
#include <stdint.h>

// Decodes a sound JPEG to RGB rows that are thrown away. `row` has room for the widest.
void cfloor_decode(const uint8_t *bytes, size_t count, uint8_t *row);

#endif
