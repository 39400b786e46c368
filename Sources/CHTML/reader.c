// The part of the HTML standard's tree construction (13.2.6) that decides which elements are open, without the tree:
// formatting elements are not reopened, and what stands in a table's wrong place is not moved.
#include <stdlib.h>
#include <string.h>

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

// MARK: Looking among the open elements

static const open_element *top(const chtml_reader *r) { return r->keep ? &r->stack[r->keep - 1] : NULL; }

static bool top_is(const chtml_reader *r, uint16_t tag) {
    const open_element *current = top(r);
    return current && !current->foreign && current->tag == tag;
}

static bool is_special(const open_element *e) {
    return e->foreign ? e->boundary : (facts_of(e->tag).flags & tag_special) != 0;
}

static bool is_heading(const open_element *e) {
    return !e->foreign && facts_of(e->tag).element == chtml_element_heading;
}

typedef enum scope { scope_any, scope_default, scope_button, scope_list, scope_table } scope;

static bool bounds(const open_element *e, scope scope) {
    if (scope == scope_any) return false;
    if (scope == scope_table) return !e->foreign && (e->tag == TAG_table || e->tag == TAG_template);
    if (e->boundary) return true;
    if (e->foreign) return false;
    return (scope == scope_button && e->tag == TAG_button)
           || (scope == scope_list && (e->tag == TAG_ol || e->tag == TAG_ul));
}

// The place of the nearest such element in scope, or -1.
static ptrdiff_t place_of(const chtml_reader *r, uint16_t tag, scope scope) {
    if (tag < TAG_COUNT && r->open[tag] == 0) return -1;
    for (ptrdiff_t at = (ptrdiff_t)r->keep - 1; at >= 0; at--) {
        const open_element *e = &r->stack[at];
        if (e->tag == tag && !e->foreign) return at;
        if (bounds(e, scope)) return -1;
    }
    return -1;
}

// Ends the nearest such element in scope, and all inside it; false where there is none.
static bool end_through(chtml_reader *r, uint16_t tag, scope scope) {
    ptrdiff_t place = place_of(r, tag, scope);
    if (place >= 0) r->keep = (size_t)place;
    return place >= 0;
}

// Takes one element out from among the open ones.
static void end_alone(chtml_reader *r, size_t place) {
    open_element *e = &r->stack[place];
    if (e->tag < TAG_COUNT) r->open[e->tag]--;
    r->ended = e->element;
    *e = (open_element){.tag = TAG_gone};
    r->open[TAG_gone]++;
}

static void end_top(chtml_reader *r) { r->keep--; }

// MARK: Figures by their class

static bool names(const chtml_attribute *attribute, const char *name) {
    size_t length = strlen(name);
    if (attribute->name_length != length) return false;
    for (size_t i = 0; i < length; i++) {
        if ((attribute->name[i] | 32) != name[i]) return false;
    }
    return true;
}

static const chtml_attribute *attribute(const chtml_reader *r, const char *name) {
    for (size_t i = 0; i < r->tokenizer.attribute_count; i++) {
        if (names(&r->tokenizer.attributes[i], name)) return &r->tokenizer.attributes[i];
    }
    return NULL;
}

// What DocBook, MediaWiki, WordPress and others call a figure and its caption.
static const struct {
    const char *name;
    uint8_t element;
} classes[] = {
    {"caption", chtml_element_figcaption},         {"mediaobject", chtml_element_figure},
    {"thumbcaption", chtml_element_figcaption},    {"thumb", chtml_element_figure},
    {"wp-caption-text", chtml_element_figcaption}, {"wp-caption", chtml_element_figure},
    {"gallerytext", chtml_element_figcaption},     {"gallerybox", chtml_element_figure},
    {"figure-caption", chtml_element_figcaption},  {"figure", chtml_element_figure},
    {"image-caption", chtml_element_figcaption},   {"photo-caption", chtml_element_figcaption},
    {"figcaption", chtml_element_figcaption},
};

static uint8_t element_of_class(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (strlen(classes[i].name) == length && memcmp(classes[i].name, name, length) == 0) return classes[i].element;
    }
    return chtml_element_none;
}

static uint8_t element_by_class(const chtml_reader *r) {
    const chtml_attribute *class = r->tokenizer.attribute_count ? attribute(r, "class") : NULL;
    if (!class) return chtml_element_none;
    const char *at = class->value, *end = at + class->value_length;
    while (at < end) {
        while (at < end && is_space(*at)) at++;
        const char *name = at;
        while (at < end && !is_space(*at)) at++;
        uint8_t element = element_of_class(name, (size_t)(at - name));
        if (element != chtml_element_none) return element;
    }
    return chtml_element_none;
}

// MARK: Starts

// The element of the token is told, and stays open if it has content.
static void begin(chtml_reader *r, bool foreign) {
    uint16_t tag = r->token.tag;
    tag_facts facts = facts_of(tag);
    r->start = (open_element){.tag = tag, .element = facts.element, .foreign = foreign};
    if (!foreign && facts.flags & tag_classed) r->start.element = element_by_class(r);
    r->start.boundary = !foreign && facts.flags & tag_scope;
    r->start_is_empty = foreign ? r->token.self_closing : (facts.flags & tag_void || tag == TAG_html);
    r->has_start = true;
    // Where browsers stop nesting, too: what is deeper takes the place of what stood there.
    if (!r->start_is_empty && r->keep == CHTML_MAX_DEPTH) end_top(r);
}

static void ignore(chtml_reader *r) { r->tokenizer.text_mode = 0; }

static bool is_foreign(const chtml_reader *r) {
    const open_element *current = top(r);
    return current && current->foreign && !current->html_inside;
}

static void leave_foreign(chtml_reader *r) {
    while (is_foreign(r)) end_top(r);
}

static bool breaks_out(const chtml_reader *r) {
    if (r->token.tag == TAG_font) return attribute(r, "color") || attribute(r, "face") || attribute(r, "size");
    return (facts_of(r->token.tag).flags & tag_breakout) != 0;
}

static void begin_foreign(chtml_reader *r) {
    uint16_t tag = r->token.tag;
    ignore(r);
    begin(r, true);
    uint8_t element = r->start.element;
    bool told = element == chtml_element_anchor || element == chtml_element_script || element == chtml_element_style
                || element == chtml_element_title;
    if (!told) r->start.element = chtml_element_none;
    if (tag == TAG_annotation_xml) {
        const chtml_attribute *encoding = attribute(r, "encoding");
        r->start.html_inside = encoding && (encoding->value_length == 9 || encoding->value_length == 21);
        r->start.boundary = true;
    } else if (tag == TAG_foreignobject || tag == TAG_desc || tag == TAG_title
               || facts_of(tag).flags & tag_math_text) {
        r->start.html_inside = r->start.boundary = true;
    }
}

static void end_paragraph(chtml_reader *r) { end_through(r, TAG_p, scope_button); }

// An item of a list ends the one before it.
static void end_item(chtml_reader *r, uint16_t one, uint16_t other) {
    for (ptrdiff_t at = (ptrdiff_t)r->keep - 1; at >= 0; at--) {
        const open_element *e = &r->stack[at];
        if (!e->foreign && (e->tag == one || e->tag == other)) {
            r->keep = (size_t)at;
            return;
        }
        if (is_special(e) && e->tag != TAG_address && e->tag != TAG_div && e->tag != TAG_p) return;
    }
}

// Ends a formatting element; what blocks stand inside it go on (13.2.6.4.7, the adoption agency).
static void end_formatting(chtml_reader *r, size_t place) {
    for (size_t at = place + 1; at < r->keep; at++) {
        if (is_special(&r->stack[at])) return end_alone(r, place);
    }
    r->keep = place;
}

// A link ends the one that is open.
static void end_link(chtml_reader *r) {
    ptrdiff_t place = place_of(r, TAG_a, scope_default);
    if (place >= 0) end_formatting(r, (size_t)place);
}

static bool is_table_row_context(const open_element *e, uint16_t tag) {
    if (e->foreign) return false;
    switch (e->tag) {
    case TAG_table:
    case TAG_template: return true;
    case TAG_tbody:
    case TAG_thead:
    case TAG_tfoot: return tag == TAG_tr || tag == TAG_td || tag == TAG_th;
    case TAG_tr: return tag == TAG_td || tag == TAG_th;
    case TAG_colgroup: return tag == TAG_col;
    default: return false;
    }
}

// A part of a table ends all that such a part cannot stand in; outside of a table it is nothing.
static void begin_table_part(chtml_reader *r) {
    if (place_of(r, TAG_table, scope_any) < 0 && place_of(r, TAG_template, scope_any) < 0) return ignore(r);
    while (r->keep && !is_table_row_context(top(r), r->token.tag)) end_top(r);
    begin(r, false);
}

static bool is_between_cells(const chtml_reader *r) {
    return top_is(r, TAG_table) || top_is(r, TAG_tbody) || top_is(r, TAG_thead) || top_is(r, TAG_tfoot)
           || top_is(r, TAG_tr) || top_is(r, TAG_colgroup);
}

// The place of the select element that is being read, or -1.
static ptrdiff_t place_of_select(const chtml_reader *r) {
    if (r->open[TAG_select] == 0) return -1;
    ptrdiff_t at = (ptrdiff_t)r->keep - 1;
    while (at >= 0 && (r->stack[at].tag == TAG_option || r->stack[at].tag == TAG_optgroup)) at--;
    return at >= 0 && r->stack[at].tag == TAG_select ? at : -1;
}

// In a list of choices nothing but choices starts; true when the token is done with.
static bool begin_in_select(chtml_reader *r) {
    ptrdiff_t select = place_of_select(r);
    if (select < 0) return false;
    uint16_t tag = r->token.tag;
    bool ends_it = tag == TAG_input || tag == TAG_keygen || tag == TAG_textarea
                   || (r->open[TAG_table] && (tag == TAG_table || facts_of(tag).flags & tag_table_part));
    if (ends_it || tag == TAG_select) r->keep = (size_t)select;
    if (ends_it) return false;
    bool stands_in_it =
        tag == TAG_option || tag == TAG_optgroup || tag == TAG_script || tag == TAG_template || tag == TAG_html;
    if (!stands_in_it) ignore(r);
    return !stands_in_it;
}

// True when the token is done with.
static bool begin_in_frames(chtml_reader *r) {
    uint16_t tag = r->token.tag;
    if (tag == TAG_frameset && r->frameset_ok) {
        r->in_frames = true;
        return true;
    }
    if (!r->in_frames) {
        if (tag == TAG_frame || tag == TAG_frameset) ignore(r);
        return tag == TAG_frame || tag == TAG_frameset;
    }
    bool stands_there = tag == TAG_frame || tag == TAG_noframes || tag == TAG_html;
    if (!stands_there) ignore(r);
    return !stands_there;
}

static void begin_html(chtml_reader *r) {
    if (r->token.tag == TAG_image) r->token.tag = TAG_img;
    uint16_t tag = r->token.tag;
    uint16_t flags = facts_of(tag).flags;
    if (begin_in_frames(r) || begin_in_select(r)) return;
    if (flags & tag_content) r->frameset_ok = false;
    if (tag == TAG_head || tag == TAG_body) return;
    if (flags & tag_table_part) return begin_table_part(r);
    if (tag == TAG_table && is_between_cells(r)) end_through(r, TAG_table, scope_any);
    if (tag == TAG_li) end_item(r, TAG_li, TAG_li);
    if (tag == TAG_dd || tag == TAG_dt) end_item(r, TAG_dd, TAG_dt);
    if (flags & tag_closes_p) end_paragraph(r);
    if (facts_of(tag).element == chtml_element_heading && r->keep && is_heading(top(r))) end_top(r);
    if (tag == TAG_a) end_link(r);
    if (tag == TAG_nobr || tag == TAG_button) end_through(r, tag, scope_default);
    if ((tag == TAG_option || tag == TAG_optgroup) && top_is(r, TAG_option)) end_top(r);
    if (tag == TAG_optgroup && top_is(r, TAG_optgroup)) end_top(r);
    begin(r, false);
}

static void read_start(chtml_reader *r) {
    if (is_foreign(r)) {
        if (!breaks_out(r)) return begin_foreign(r);
        leave_foreign(r);
    }
    if (r->token.tag != TAG_svg && r->token.tag != TAG_math) return begin_html(r);
    if (!begin_in_frames(r) && !begin_in_select(r)) begin_foreign(r);
}

// MARK: Ends

static void end_any(chtml_reader *r) {
    for (ptrdiff_t at = (ptrdiff_t)r->keep - 1; at >= 0; at--) {
        const open_element *e = &r->stack[at];
        if (e->tag == r->token.tag && !e->foreign) {
            r->keep = (size_t)at;
            return;
        }
        if (is_special(e)) return;
    }
}

// True when the token ended something of SVG or MathML, or nothing at all.
static bool end_foreign(chtml_reader *r) {
    if (!r->keep || !top(r)->foreign) return false;
    if (r->token.tag == TAG_p || r->token.tag == TAG_br) {
        leave_foreign(r);
        return false;
    }
    for (ptrdiff_t at = (ptrdiff_t)r->keep - 1; at >= 0 && r->stack[at].foreign; at--) {
        if (r->stack[at].tag == r->token.tag) {
            r->keep = (size_t)at;
            return true;
        }
    }
    return false;
}

// True when the token is done with.
static bool end_in_select(chtml_reader *r) {
    ptrdiff_t select = place_of_select(r);
    if (select < 0) return false;
    uint16_t tag = r->token.tag;
    bool of_table = tag == TAG_table || facts_of(tag).flags & tag_table_part;
    if (tag == TAG_select || (of_table && place_of(r, tag, scope_table) >= 0)) {
        r->keep = (size_t)select;
        return tag == TAG_select;
    }
    if (tag == TAG_option && top_is(r, TAG_option)) end_top(r);
    if (tag == TAG_optgroup) end_any(r);
    return tag != TAG_template;
}

static void end_heading(chtml_reader *r) {
    for (ptrdiff_t at = (ptrdiff_t)r->keep - 1; at >= 0; at--) {
        if (is_heading(&r->stack[at])) {
            r->keep = (size_t)at;
            return;
        }
        if (bounds(&r->stack[at], scope_default)) return;
    }
}

static void end_html(chtml_reader *r) {
    uint16_t tag = r->token.tag;
    tag_facts facts = facts_of(tag);
    if (r->in_frames && tag != TAG_noframes) return;
    if (end_in_select(r)) return;
    if (facts.flags & tag_formatting || tag == TAG_form) {
        ptrdiff_t place = place_of(r, tag, scope_default);
        if (place >= 0) end_formatting(r, (size_t)place);
    } else if (facts.element == chtml_element_heading) {
        end_heading(r);
    } else if (tag == TAG_table || facts.flags & tag_table_part) {
        end_through(r, tag, scope_table);
    } else if (tag == TAG_p) {
        end_paragraph(r);
    } else if (tag == TAG_li) {
        end_through(r, tag, scope_list);
    } else if (tag == TAG_template) {
        end_through(r, tag, scope_any);
    } else if (facts.flags & tag_block_end || tag == TAG_dd || tag == TAG_dt) {
        end_through(r, tag, scope_default);
    } else {
        end_any(r);
    }
}

// MARK: Telling

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
    case chtml_token_start: read_start(r); break;
    case chtml_token_end:
        if (!end_foreign(r)) end_html(r);
        break;
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
