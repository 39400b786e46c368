// The stack of open elements that a reader keeps, and the questions that the standard asks of it (13.2.4.2).
#ifndef CHTML_OPEN_ELEMENTS_H
#define CHTML_OPEN_ELEMENTS_H

#include "tags.h"

typedef struct open_element {
    uint16_t tag;
    uint8_t element;  // whose end is to be told
    bool foreign;     // of SVG or MathML
    bool html_inside; // foreign, but what starts inside it is HTML
    bool boundary;    // bounds "in scope"
} open_element;

struct chtml_reader {
    chtml_tokenizer tokenizer;
    chtml_token token;
    open_element stack[CHTML_MAX_DEPTH + 1];  // and an empty one
    size_t depth;
    size_t keep;                // elements from here on are to be ended before anything else is told
    uint16_t open[TAG_COUNT];   // how often each is among the open ones
    open_element start;         // the element to be started then
    bool has_start, start_is_empty;
    bool has_edge;
    uint8_t ended;              // an element that ends before those inside it
    bool wants_text;
    bool frameset_ok;
    bool in_frames;             // a frameset stands in the body's place: frames are told, and nothing else
};

// What starts.c and ends.c do with the token; reader.c tells what came of it.
void chtml_read_start(chtml_reader *reader);
void chtml_read_end(chtml_reader *reader);

// The attribute of a name in lower case, or NULL; and the figure or caption that the class names, if it does.
const chtml_attribute *chtml_attribute_named(const chtml_tokenizer *tokenizer, const char *name);
uint8_t chtml_element_by_class(const chtml_tokenizer *tokenizer);

static inline const open_element *top(const chtml_reader *r) { return r->keep ? &r->stack[r->keep - 1] : NULL; }

static inline bool top_is(const chtml_reader *r, uint16_t tag) {
    const open_element *current = top(r);
    return current && !current->foreign && current->tag == tag;
}

static inline bool is_special(const open_element *e) {
    return e->foreign ? e->boundary : (facts_of(e->tag).flags & tag_special) != 0;
}

static inline bool is_heading(const open_element *e) {
    return !e->foreign && facts_of(e->tag).element == chtml_element_heading;
}

typedef enum scope { scope_any, scope_default, scope_button, scope_list, scope_table } scope;

static inline bool bounds(const open_element *e, scope scope) {
    if (scope == scope_any) return false;
    if (scope == scope_table) return !e->foreign && (e->tag == TAG_table || e->tag == TAG_template);
    if (e->boundary) return true;
    if (e->foreign) return false;
    return (scope == scope_button && e->tag == TAG_button)
           || (scope == scope_list && (e->tag == TAG_ol || e->tag == TAG_ul));
}

// The place of the nearest such element in scope, or -1.
static inline ptrdiff_t place_of(const chtml_reader *r, uint16_t tag, scope scope) {
    if (tag < TAG_COUNT && r->open[tag] == 0) return -1;
    for (ptrdiff_t at = (ptrdiff_t)r->keep - 1; at >= 0; at--) {
        const open_element *e = &r->stack[at];
        if (e->tag == tag && !e->foreign) return at;
        if (bounds(e, scope)) return -1;
    }
    return -1;
}

// Ends the nearest such element in scope, and all inside it; false where there is none.
static inline bool end_through(chtml_reader *r, uint16_t tag, scope scope) {
    ptrdiff_t place = place_of(r, tag, scope);
    if (place >= 0) r->keep = (size_t)place;
    return place >= 0;
}

// Takes one element out from among the open ones.
static inline void end_alone(chtml_reader *r, size_t place) {
    open_element *e = &r->stack[place];
    if (e->tag < TAG_COUNT) r->open[e->tag]--;
    r->ended = e->element;
    *e = (open_element){.tag = TAG_gone};
    r->open[TAG_gone]++;
}

static inline void end_top(chtml_reader *r) { r->keep--; }

static inline bool is_foreign(const chtml_reader *r) {
    const open_element *current = top(r);
    return current && current->foreign && !current->html_inside;
}

static inline void leave_foreign(chtml_reader *r) {
    while (is_foreign(r)) end_top(r);
}

static inline void end_paragraph(chtml_reader *r) { end_through(r, TAG_p, scope_button); }

// Ends a formatting element; what blocks stand inside it go on (13.2.6.4.7, the adoption agency).
static inline void end_formatting(chtml_reader *r, size_t place) {
    for (size_t at = place + 1; at < r->keep; at++) {
        if (is_special(&r->stack[at])) return end_alone(r, place);
    }
    r->keep = place;
}

// The place of the select element that is being read, or -1.
static inline ptrdiff_t place_of_select(const chtml_reader *r) {
    if (r->open[TAG_select] == 0) return -1;
    ptrdiff_t at = (ptrdiff_t)r->keep - 1;
    while (at >= 0 && (r->stack[at].tag == TAG_option || r->stack[at].tag == TAG_optgroup)) at--;
    return at >= 0 && r->stack[at].tag == TAG_select ? at : -1;
}

#endif
