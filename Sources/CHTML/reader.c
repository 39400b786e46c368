// The part of the HTML standard's tree construction (13.2.6) that decides which elements are open, without the tree:
// formatting elements are not reopened, and what stands in a table's wrong place is not moved.
#include <stdlib.h>
#include <string.h>

#include "open_elements.h"

chtml_reader *chtml_create(const char *page, size_t length) {
    chtml_reader *reader = malloc(sizeof *reader);
    if (!reader) return NULL;
    memset(&reader->depth, 0, sizeof *reader - offsetof(chtml_reader, depth));
    reader->frameset_ok = true;
    chtml_tokenizer_init(&reader->tokenizer, page, length);
    return reader;
}

void chtml_destroy(chtml_reader *reader) { free(reader); }

void chtml_want_text(chtml_reader *reader, bool wanted) { reader->wants_text = wanted; }

// The nearest open element, gone ones aside, keeps its text to itself.
static bool hides_text(const chtml_reader *r) {
    return r->in_frames || (r->keep && facts_of(top(r)->tag).flags & tag_hidden && !top(r)->foreign);
}

static bool is_blank(const chtml_token *text) {
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        if (!is_space(byte) && byte != 0) return false;
    }
    return true;
}

static bool read_text(chtml_reader *r, chtml_event *event) {
    // Text of the body speaks against a frameset; that of the head's elements, which is raw, does not.
    if (r->frameset_ok && !r->in_frames && r->tokenizer.text_mode == 0 && !is_blank(&r->token)) {
        r->frameset_ok = false;
    }
    if (!r->wants_text || hides_text(r)) return false;
    *event = (chtml_event){.kind = chtml_event_text, .has_references = r->token.has_references};
    event->text = r->token.bytes;
    event->length = r->token.length;
    return true;
}

static bool has_end(uint8_t element) {
    switch (element) {
    case chtml_element_anchor:
    case chtml_element_figcaption:
    case chtml_element_figure:
    case chtml_element_heading:
    case chtml_element_picture:
    case chtml_element_script:
    case chtml_element_style:
    case chtml_element_title: return true;
    default: return false;
    }
}

static bool tell_end(uint8_t element, chtml_event *event) {
    if (!has_end(element)) return false;
    *event = (chtml_event){.kind = chtml_event_end, .element = element};
    return true;
}

static bool pop(chtml_reader *r, chtml_event *event) {
    const open_element *e = &r->stack[--r->depth];
    if (e->tag < TAG_COUNT) r->open[e->tag]--;
    return tell_end(e->element, event);
}

static bool tell_start(chtml_reader *r, chtml_event *event) {
    r->has_start = false;
    r->stack[r->depth++] = r->start;
    if (r->start.tag < TAG_COUNT) r->open[r->start.tag]++;
    // An empty element is ended at once, before anything else is read.
    if (!r->start_is_empty) r->keep = r->depth;
    if (r->start.element == chtml_element_none) return false;
    *event = (chtml_event){.kind = chtml_event_start, .element = r->start.element};
    event->attributes = r->tokenizer.attributes;
    event->attribute_count = r->tokenizer.attribute_count;
    return true;
}

// What was decided and is still to be told; false when all is.
static bool tell(chtml_reader *r, chtml_event *event) {
    if (r->has_edge) {
        r->has_edge = false;
        *event = (chtml_event){.kind = chtml_event_edge};
        return true;
    }
    while (r->depth > r->keep) {
        if (pop(r, event)) return true;
    }
    if (r->ended) {
        uint8_t element = r->ended;
        r->ended = chtml_element_none;
        if (tell_end(element, event)) return true;
    }
    return r->has_start && tell_start(r, event);
}

// Reads a token; true when it is an event itself.
static bool read(chtml_reader *r, chtml_event *event) {
    switch (r->token.kind) {
    case chtml_token_text: return read_text(r, event);
    case chtml_token_comment:
    case chtml_token_doctype: return false;
    case chtml_token_start: chtml_read_start(r); break;
    case chtml_token_end: chtml_read_end(r); break;
    }
    r->has_edge = r->wants_text && !(facts_of(r->token.tag).flags & tag_inline);
    return false;
}

bool chtml_next(chtml_reader *r, chtml_event *event) {
    for (;;) {
        if (tell(r, event)) return true;
        // An empty element that was just started is ended here.
        if (r->depth > r->keep) continue;
        r->tokenizer.allows_cdata = r->depth && r->stack[r->depth - 1].foreign;
        if (!chtml_tokenizer_next(&r->tokenizer, &r->token)) {
            if (r->depth == 0) return false;
            r->keep = 0;
        } else if (read(r, event)) {
            return true;
        }
    }
}
