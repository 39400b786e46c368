// What a start tag opens and what it ends first (13.2.6.4, the standard's insertion modes).
#include "open_elements.h"

static void ignore(chtml_reader *r) { r->tokenizer.text_mode = 0; }

// The element of the token is told, and stays open if it has content.
static void begin(chtml_reader *r, bool foreign) {
    uint16_t tag = r->token.tag;
    tag_facts facts = facts_of(tag);
    r->start = (open_element){.tag = tag, .element = facts.element, .foreign = foreign};
    if (!foreign && facts.flags & tag_classed) r->start.element = chtml_element_by_class(&r->tokenizer);
    r->start.boundary = !foreign && facts.flags & tag_scope;
    r->start_is_empty = foreign ? r->token.self_closing : (facts.flags & tag_void || tag == TAG_html);
    r->has_start = true;
    // Where browsers stop nesting, too: what is deeper takes the place of what stood there.
    if (!r->start_is_empty && r->keep == CHTML_MAX_DEPTH) end_top(r);
}

static bool breaks_out(const chtml_reader *r) {
    if (r->token.tag == TAG_font) return chtml_attribute_named(&r->tokenizer, "color") || chtml_attribute_named(&r->tokenizer, "face") || chtml_attribute_named(&r->tokenizer, "size");
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
        const chtml_attribute *encoding = chtml_attribute_named(&r->tokenizer, "encoding");
        r->start.html_inside = encoding && (encoding->value_length == 9 || encoding->value_length == 21);
        r->start.boundary = true;
    } else if (tag == TAG_foreignobject || tag == TAG_desc || tag == TAG_title
               || facts_of(tag).flags & tag_math_text) {
        r->start.html_inside = r->start.boundary = true;
    }
}

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

void chtml_read_start(chtml_reader *r) {
    if (is_foreign(r)) {
        if (!breaks_out(r)) return begin_foreign(r);
        leave_foreign(r);
    }
    if (r->token.tag != TAG_svg && r->token.tag != TAG_math) return begin_html(r);
    if (!begin_in_frames(r) && !begin_in_select(r)) begin_foreign(r);
}
