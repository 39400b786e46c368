#include "cchafa.h"

#include <chafa.h>
#include <stdlib.h>
#include <string.h>

// A terminal cell is about twice as high as wide; pixel modes need a size, and this is a common one.
enum { cell_width = 8, cell_height = 16 };

static ChafaCanvasConfig *configuration(ChafaTermInfo *terminal, int width, int height, int columns, int rows) {
    ChafaCanvasConfig *config = chafa_canvas_config_new();
    ChafaPixelMode mode = CHAFA_PIXEL_MODE_SYMBOLS;
    if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1)) {
        mode = CHAFA_PIXEL_MODE_KITTY;
    } else if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_BEGIN_ITERM2_IMAGE)) {
        mode = CHAFA_PIXEL_MODE_ITERM2;
    } else if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_BEGIN_SIXELS)) {
        mode = CHAFA_PIXEL_MODE_SIXELS;
    }
    ChafaSymbolMap *symbols = chafa_symbol_map_new();
    chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_VHALF | CHAFA_SYMBOL_TAG_SPACE);
    chafa_canvas_config_set_symbol_map(config, symbols);
    chafa_symbol_map_unref(symbols);
    chafa_canvas_config_set_pixel_mode(config, mode);
    chafa_canvas_config_set_canvas_mode(config, CHAFA_CANVAS_MODE_TRUECOLOR);
    chafa_canvas_config_set_cell_geometry(config, cell_width, cell_height);
    chafa_calc_canvas_geometry(width, height, &columns, &rows, (float)cell_width / cell_height, FALSE, FALSE);
    chafa_canvas_config_set_geometry(config, columns, rows);
    return config;
}

char *cchafa_draw(const uint8_t *pixels, int width, int height, int columns, int rows, char **environment) {
    ChafaTermInfo *terminal = chafa_term_db_detect(chafa_term_db_get_default(), environment);
    ChafaCanvasConfig *config = configuration(terminal, width, height, columns, rows);
    ChafaCanvas *canvas = chafa_canvas_new(config);
    chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8, pixels, width, height, width * 3);
    GString *text = chafa_canvas_print(canvas, terminal);
    char *drawing = malloc(text->len + 1);
    if (drawing != NULL) {
        memcpy(drawing, text->str, text->len);
        drawing[text->len] = '\0';
    }
    g_string_free(text, TRUE);
    chafa_canvas_unref(canvas);
    chafa_canvas_config_unref(config);
    chafa_term_info_unref(terminal);
    return drawing;
}

void cchafa_free(char *drawing) { free(drawing); }
