// HTML for those who want what a page says and not its tree: tokens as the HTML standard defines them (13.2.5), and on
// top of them a reader that keeps track of the open elements (13.2.4.2) and tells only what a crawler acts on.
//
// A page is one piece of UTF-8 in memory that outlives the reader. Nothing in it is an error: what the standard calls a
// parse error is repaired as the standard says. Nothing is allocated for a page but the reader. Pointers in tokens,
// attributes and events lead into the page and may be followed until the next call.
#ifndef CHTML_H
#define CHTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Text

// The bytes hold nothing that `chtml_decode` would change.
bool chtml_is_plain(const char *bytes, size_t length);

// How many times as long as its source a decoded text may be.
enum { CHTML_DECODE_GROWTH = 3 };

// Resolves character references, if asked to, makes line feeds of carriage returns, and replaces NUL: by U+FFFD in an
// attribute, by nothing elsewhere. Writes at most CHTML_DECODE_GROWTH times `length` bytes and gives how many.
size_t chtml_decode(const char *bytes, size_t length, bool references, bool in_attribute, char *out);

// The code points of a named character reference without `&`, such as "eacute;": how many there are, 0 when it is none.
unsigned chtml_reference(const char *name, size_t length, uint32_t points[2]);

// One of all named references by its place, from 0: its name, with `;` where that belongs to it, and its code points, of
// which the second may be 0; NULL past the last.
const char *chtml_reference_at(size_t place, uint32_t points[2]);

// MARK: Tokens

typedef enum __attribute__((enum_extensibility(closed))) chtml_token_kind {
    chtml_token_start,
    chtml_token_end,
    chtml_token_text,
    chtml_token_comment,
    chtml_token_doctype,
} chtml_token_kind;

// A name and a value as written, references unresolved; the value is empty where there is none. Of two with one name
// the first is kept.
typedef struct chtml_attribute {
    const char *name, *value;
    size_t name_length, value_length;
} chtml_attribute;

// Attributes after this many are left out.
enum { CHTML_MAX_ATTRIBUTES = 64 };

typedef struct chtml_token {
    chtml_token_kind kind;
    bool self_closing;
    bool has_references;  // text: references are to be resolved in it
    uint16_t tag;         // start and end: the element's number, see tags.h
    const char *bytes;    // the name as written, or the text, or the comment
    size_t length;
} chtml_token;

typedef struct chtml_tokenizer {
    const char *next, *end;
    uint8_t text_mode;       // what comes next is the text of such an element; see tokenizer.c
    uint16_t raw_tag;        // whose end tag ends it
    bool allows_cdata;       // the current element is one of SVG or MathML
    bool records_all;        // attributes of all elements are kept, and not only of those that a crawler acts on
    size_t attribute_count;  // attributes of the last start tag
    chtml_attribute attributes[CHTML_MAX_ATTRIBUTES];
} chtml_tokenizer;

void chtml_tokenizer_init(chtml_tokenizer *tokenizer, const char *page, size_t length);

// The next token; false at the page's end.
bool chtml_tokenizer_next(chtml_tokenizer *tokenizer, chtml_token *token);

// MARK: What a crawler acts on

typedef enum __attribute__((enum_extensibility(closed))) chtml_element {
    chtml_element_none,
    chtml_element_anchor,
    chtml_element_area,
    chtml_element_base,
    chtml_element_figcaption,  // or an element whose class says so, as before HTML5
    chtml_element_figure,      // likewise
    chtml_element_frame,    // frame and iframe
    chtml_element_heading,  // h1 … h6
    chtml_element_html,
    chtml_element_img,
    chtml_element_link,
    chtml_element_meta,
    chtml_element_picture,
    chtml_element_script,
    chtml_element_source,
    chtml_element_style,
    chtml_element_title,
} chtml_element;

typedef enum __attribute__((enum_extensibility(closed))) chtml_event_kind {
    chtml_event_start,
    chtml_event_end,  // told of the elements that have content, in the reverse order of their starts, but for links
    chtml_event_text,
    chtml_event_edge,  // of an element that keeps the words before and after it apart
} chtml_event_kind;

typedef struct chtml_event {
    chtml_event_kind kind;
    chtml_element element;
    bool has_references;
    const char *text;
    size_t length;
    const chtml_attribute *attributes;  // of a start
    size_t attribute_count;
} chtml_event;

// Open elements that are kept track of; deeper ones are read as if they stood at this depth.
enum { CHTML_MAX_DEPTH = 512 };

typedef struct chtml_reader chtml_reader;

// A reader of a page; NULL when memory is out.
chtml_reader *chtml_create(const char *page, size_t length);

// The next event; false at the page's end.
bool chtml_next(chtml_reader *reader, chtml_event *event);

// Text and edges are told only while they are wanted, which they are not at first: most of a page is neither caption,
// heading nor link.
void chtml_want_text(chtml_reader *reader, bool wanted);

void chtml_destroy(chtml_reader *reader);

#ifdef __cplusplus
}
#endif

#endif
