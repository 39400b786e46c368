// What an end tag ends (13.2.6.4).
#include "open_elements.h"

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

void chtml_read_end(chtml_reader *r) {
    if (!end_foreign(r)) end_html(r);
}
