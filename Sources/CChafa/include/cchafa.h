#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Draws a picture for the terminal that the environment describes: kitty, iTerm2 or sixel graphics where it has
/// them, else coloured half blocks.
/// @param pixels       height × width × 3 bytes, RGB, rows top to bottom
/// @param columns      the widest it may be, in character cells
/// @param rows         the highest it may be, in character cells
/// @param environment  NULL-terminated "NAME=value" strings
/// @return             bytes to print, NUL-terminated, freed with cchafa_free; NULL when memory ran out
char *cchafa_draw(const uint8_t *pixels, int width, int height, int columns, int rows, char **environment);

/// Frees what cchafa_draw returned.
void cchafa_free(char *drawing);

#ifdef __cplusplus
}
#endif
