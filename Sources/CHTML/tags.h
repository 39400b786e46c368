// The elements that the parsing rules of the HTML standard name, each with a number and what the rules say of it.
#ifndef CHTML_TAGS_H
#define CHTML_TAGS_H

#include "CHTML.h"

enum {
    tag_void = 1 << 0,        // has no content
    tag_special = 1 << 1,     // 13.2.4.2, "special"
    tag_scope = 1 << 2,       // bounds "in scope"
    tag_closes_p = 1 << 3,    // its start tag ends a paragraph
    tag_block_end = 1 << 4,   // its end tag ends all in scope up to its start
    tag_formatting = 1 << 5,  // 13.2.4.3
    tag_breakout = 1 << 6,    // its start tag leaves SVG and MathML
    tag_inline = 1 << 7,      // its edges do not separate words
    tag_content = 1 << 8,     // a frameset may not follow it
    tag_recorded = 1 << 9,    // its attributes are of use
    tag_table_part = 1 << 10, // stands inside a table
    tag_hidden = 1 << 11,     // its text is never shown
    tag_math_text = 1 << 12,  // MathML's text integration points
    tag_classed = 1 << 13,    // may be a figure or a caption by its class
};

// name, flags, element
#define CHTML_TAGS(X) \
    X(a, tag_formatting | tag_inline | tag_recorded, anchor) \
    X(abbr, tag_inline, none) \
    X(acronym, tag_inline, none) \
    X(address, tag_special | tag_closes_p | tag_block_end, none) \
    X(annotation_xml, tag_recorded, none) \
    X(applet, tag_special | tag_scope | tag_content | tag_block_end, none) \
    X(area, tag_void | tag_special | tag_content | tag_recorded, area) \
    X(article, tag_special | tag_closes_p | tag_block_end, none) \
    X(aside, tag_special | tag_closes_p | tag_block_end, none) \
    X(b, tag_formatting | tag_inline | tag_breakout, none) \
    X(base, tag_void | tag_special | tag_recorded, base) \
    X(basefont, tag_void | tag_special, none) \
    X(bdi, tag_inline, none) \
    X(bdo, tag_inline, none) \
    X(bgsound, tag_void | tag_special, none) \
    X(big, tag_formatting | tag_inline | tag_breakout, none) \
    X(blockquote, tag_special | tag_closes_p | tag_block_end | tag_breakout, none) \
    X(body, tag_special | tag_breakout | tag_content, none) \
    X(br, tag_void | tag_special | tag_breakout | tag_content, none) \
    X(button, tag_special | tag_content | tag_block_end, none) \
    X(caption, tag_special | tag_scope | tag_table_part, none) \
    X(center, tag_special | tag_closes_p | tag_block_end | tag_breakout, none) \
    X(cite, tag_inline, none) \
    X(code, tag_formatting | tag_inline | tag_breakout, none) \
    X(col, tag_void | tag_special | tag_table_part, none) \
    X(colgroup, tag_special | tag_table_part, none) \
    X(data, tag_inline, none) \
    X(dd, tag_classed | tag_recorded | tag_special | tag_closes_p | tag_block_end | tag_breakout | tag_content, none) \
    X(del, tag_inline, none) \
    X(desc, 0, none) \
    X(details, tag_special | tag_closes_p | tag_block_end, none) \
    X(dfn, tag_inline, none) \
    X(dialog, tag_closes_p | tag_block_end, none) \
    X(dir, tag_special | tag_closes_p | tag_block_end, none) \
    X(div, tag_classed | tag_recorded | tag_special | tag_closes_p | tag_block_end | tag_breakout, none) \
    X(dl, tag_classed | tag_recorded | tag_special | tag_closes_p | tag_block_end | tag_breakout, none) \
    X(dt, tag_classed | tag_recorded | tag_special | tag_closes_p | tag_block_end | tag_breakout | tag_content, none) \
    X(em, tag_formatting | tag_inline | tag_breakout, none) \
    X(embed, tag_void | tag_special | tag_breakout | tag_content, none) \
    X(fieldset, tag_special | tag_closes_p | tag_block_end, none) \
    X(figcaption, tag_special | tag_closes_p | tag_block_end, figcaption) \
    X(figure, tag_special | tag_closes_p | tag_block_end, figure) \
    X(font, tag_formatting | tag_inline | tag_recorded, none) \
    X(footer, tag_special | tag_closes_p | tag_block_end, none) \
    X(foreignobject, 0, none) \
    X(form, tag_special | tag_closes_p, none) \
    X(frame, tag_void | tag_special | tag_recorded, frame) \
    X(frameset, tag_special, none) \
    X(h1, tag_special | tag_closes_p | tag_breakout, heading) \
    X(h2, tag_special | tag_closes_p | tag_breakout, heading) \
    X(h3, tag_special | tag_closes_p | tag_breakout, heading) \
    X(h4, tag_special | tag_closes_p | tag_breakout, heading) \
    X(h5, tag_special | tag_closes_p | tag_breakout, heading) \
    X(h6, tag_special | tag_closes_p | tag_breakout, heading) \
    X(head, tag_special | tag_breakout, none) \
    X(header, tag_special | tag_closes_p | tag_block_end, none) \
    X(hgroup, tag_special | tag_closes_p | tag_block_end, none) \
    X(hr, tag_void | tag_special | tag_closes_p | tag_breakout | tag_content, none) \
    X(html, tag_special | tag_scope | tag_recorded, html) \
    X(i, tag_formatting | tag_inline | tag_breakout, none) \
    X(iframe, tag_special | tag_content | tag_recorded | tag_hidden, frame) \
    X(image, tag_void | tag_inline | tag_recorded, none) \
    X(img, tag_void | tag_special | tag_inline | tag_breakout | tag_content | tag_recorded, img) \
    X(input, tag_void | tag_special | tag_content, none) \
    X(ins, tag_inline, none) \
    X(kbd, tag_inline, none) \
    X(keygen, tag_void | tag_special | tag_content, none) \
    X(li, tag_classed | tag_recorded | tag_special | tag_closes_p | tag_breakout | tag_content, none) \
    X(link, tag_void | tag_special | tag_recorded, link) \
    X(listing, tag_special | tag_closes_p | tag_block_end | tag_breakout | tag_content, none) \
    X(main, tag_special | tag_closes_p | tag_block_end, none) \
    X(mark, tag_inline, none) \
    X(marquee, tag_special | tag_scope | tag_content | tag_block_end, none) \
    X(math, 0, none) \
    X(menu, tag_special | tag_closes_p | tag_block_end | tag_breakout, none) \
    X(meta, tag_void | tag_special | tag_breakout | tag_recorded, meta) \
    X(mi, tag_math_text, none) \
    X(mn, tag_math_text, none) \
    X(mo, tag_math_text, none) \
    X(ms, tag_math_text, none) \
    X(mtext, tag_math_text, none) \
    X(nav, tag_special | tag_closes_p | tag_block_end, none) \
    X(nobr, tag_formatting | tag_inline | tag_breakout, none) \
    X(noembed, tag_special | tag_hidden, none) \
    X(noframes, tag_special | tag_hidden, none) \
    X(noscript, tag_special, none) \
    X(object, tag_special | tag_scope | tag_content | tag_block_end, none) \
    X(ol, tag_special | tag_closes_p | tag_block_end | tag_breakout, none) \
    X(optgroup, 0, none) \
    X(option, 0, none) \
    X(p, tag_classed | tag_recorded | tag_special | tag_closes_p | tag_breakout, none) \
    X(param, tag_void | tag_special, none) \
    X(picture, tag_inline, picture) \
    X(plaintext, tag_special | tag_closes_p, none) \
    X(pre, tag_special | tag_closes_p | tag_block_end | tag_breakout | tag_content, none) \
    X(q, tag_inline, none) \
    X(ruby, tag_inline | tag_breakout, none) \
    X(s, tag_formatting | tag_inline | tag_breakout, none) \
    X(samp, tag_inline, none) \
    X(script, tag_special | tag_inline | tag_recorded, script) \
    X(search, tag_special | tag_closes_p | tag_block_end, none) \
    X(section, tag_classed | tag_recorded | tag_special | tag_closes_p | tag_block_end, none) \
    X(select, tag_special | tag_content, none) \
    X(small, tag_formatting | tag_inline | tag_breakout, none) \
    X(source, tag_void | tag_special | tag_inline | tag_recorded, source) \
    X(span, tag_classed | tag_recorded | tag_inline | tag_breakout, none) \
    X(strike, tag_formatting | tag_inline | tag_breakout, none) \
    X(strong, tag_formatting | tag_inline | tag_breakout, none) \
    X(style, tag_special | tag_inline, style) \
    X(sub, tag_inline | tag_breakout, none) \
    X(summary, tag_special | tag_closes_p | tag_block_end, none) \
    X(sup, tag_inline | tag_breakout, none) \
    X(svg, 0, none) \
    X(table, tag_special | tag_scope | tag_breakout | tag_content | tag_closes_p, none) \
    X(tbody, tag_special | tag_table_part, none) \
    X(td, tag_classed | tag_recorded | tag_special | tag_scope | tag_table_part, none) \
    X(template, tag_special | tag_scope, none) \
    X(textarea, tag_special | tag_content, none) \
    X(tfoot, tag_special | tag_table_part, none) \
    X(th, tag_special | tag_scope | tag_table_part, none) \
    X(thead, tag_special | tag_table_part, none) \
    X(time, tag_inline, none) \
    X(title, tag_special, title) \
    X(tr, tag_special | tag_table_part, none) \
    X(track, tag_void | tag_special, none) \
    X(tt, tag_formatting | tag_inline | tag_breakout, none) \
    X(u, tag_formatting | tag_inline | tag_breakout, none) \
    X(ul, tag_special | tag_closes_p | tag_block_end | tag_breakout, none) \
    X(var, tag_inline | tag_breakout, none) \
    X(wbr, tag_void | tag_special | tag_inline | tag_content, none) \
    X(xmp, tag_special | tag_closes_p | tag_content, none)

enum {
    TAG_gone,  // an open element that has been ended before those inside it
#define X(name, flags, element) TAG_##name,
    CHTML_TAGS(X)
#undef X
    TAG_COUNT
};

typedef struct tag_facts {
    uint16_t flags;
    uint8_t element;
} tag_facts;

extern const tag_facts chtml_tag_facts[TAG_COUNT];

// What is known of a tag; of one that the rules do not name, that its edges separate words.
static inline tag_facts facts_of(uint16_t tag) {
    return tag < TAG_COUNT ? chtml_tag_facts[tag] : (tag_facts){0, chtml_element_none};
}

// White space between attributes and names of classes.
static inline bool is_space(char byte) {
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r' || byte == '\f';
}

// Must have been called before `chtml_tag` is; safe to repeat on any thread.
void chtml_tags_prepare(void);

// The number of a name in any case: below TAG_COUNT for those above, else one that names seldom share.
uint16_t chtml_tag(const char *name, size_t length);

#endif
