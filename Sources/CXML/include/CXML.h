// HTML events from libxml2's SAX push parser, behind a narrow contract.
//
// The caller feeds UTF-8 and gets element starts, element ends and text back on the same thread, before
// `cxml_feed` returns. Errors in the markup are repaired silently: a web page is never "wrong". Nothing is
// fetched, no entity is expanded but HTML's own, no tree is built. Strings handed to a callback are valid only
// during it.
#ifndef CXML_H
#define CXML_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// The elements a reader of pages tells apart; everything else is one of the first two.
typedef enum __attribute__((enum_extensibility(closed))) cxml_tag {
    cxml_tag_block,   // any other element: its edges separate words
    cxml_tag_inline,  // b, span, em, …: its edges do not
    cxml_tag_anchor,
    cxml_tag_area,
    cxml_tag_base,
    cxml_tag_figcaption,
    cxml_tag_figure,
    cxml_tag_frame,  // frame and iframe
    cxml_tag_heading,  // h1 … h6
    cxml_tag_html,
    cxml_tag_img,
    cxml_tag_link,
    cxml_tag_meta,
    cxml_tag_picture,
    cxml_tag_script,
    cxml_tag_source,
    cxml_tag_style,
    cxml_tag_title,
} cxml_tag;

// `attributes` is NULL, or name, value, name, value, …, NULL; a value is NULL when only the name is written.
// Names are lower case.
typedef struct cxml_handler {
    void *context;
    void (*start)(void *context, cxml_tag tag, const char *const *attributes);
    void (*end)(void *context, cxml_tag tag);
    void (*text)(void *context, const char *bytes, size_t length);
} cxml_handler;

typedef struct cxml_parser cxml_parser;

// Elements may nest this deep; a page that goes on is cut there. Browsers flatten at 512.
enum { CXML_MAX_DEPTH = 512 };

// A parser that reports to a copy of `handler`; NULL when memory is out.
cxml_parser *cxml_create(const cxml_handler *handler);

// Reads the next bytes of the page; `last` says that no more follow. False once the page was cut.
bool cxml_feed(cxml_parser *parser, const char *bytes, size_t length, bool last);

void cxml_destroy(cxml_parser *parser);

// The code point of a named character reference such as "eacute", without `&` and `;`; 0 when there is none.
unsigned cxml_entity(const char *name);

#ifdef __cplusplus
}
#endif

#endif
