// The HTML standard's tokenization (13.2.5) over a page that is all in memory: where the standard has a state for each
// byte, this looks for the byte that ends the state.
#include <string.h>

#include "tags.h"

enum { mode_data, mode_rcdata, mode_rawtext, mode_script, mode_plaintext };

static bool is_letter(char byte) { return (byte | 32) >= 'a' && (byte | 32) <= 'z'; }

// The byte ends a tag's name, or, with `=`, an attribute's.
static bool ends_name(char byte) { return is_space(byte) || byte == '/' || byte == '>'; }

static const char *find(const char *from, const char *end, char byte) {
    const char *found = from < end ? memchr(from, byte, (size_t)(end - from)) : NULL;
    return found ? found : end;
}

// `word` is in lower case.
static bool begins(const char *from, const char *end, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(end - from) < length) return false;
    for (size_t i = 0; i < length; i++) {
        char byte = from[i];
        if ((byte >= 'A' && byte <= 'Z' ? byte | 32 : byte) != word[i]) return false;
    }
    return true;
}

void chtml_tokenizer_init(chtml_tokenizer *tokenizer, const char *page, size_t length) {
    chtml_tags_prepare();
    // Not the attributes: they are written before they are counted.
    memset(tokenizer, 0, offsetof(chtml_tokenizer, attributes));
    tokenizer->next = page;
    tokenizer->end = page + length;
}

// MARK: Tags

static bool is_known(const chtml_tokenizer *t, const chtml_attribute *new) {
    for (size_t i = 0; i < t->attribute_count; i++) {
        const chtml_attribute *old = &t->attributes[i];
        if (old->name_length != new->name_length) continue;
        size_t at = 0;
        while (at < new->name_length) {
            char a = old->name[at], b = new->name[at];
            if (a != b && !((a | 32) == (b | 32) && is_letter(a) && is_letter(b))) break;
            at++;
        }
        if (at == new->name_length) return true;
    }
    return false;
}

static void record(chtml_tokenizer *t, const chtml_attribute *new) {
    if (t->attribute_count < CHTML_MAX_ATTRIBUTES && !is_known(t, new)) t->attributes[t->attribute_count++] = *new;
}

// Reads the value after `=`; gives where to go on, or the page's end.
static const char *read_value(const char *at, const char *end, chtml_attribute *attribute) {
    while (at < end && is_space(*at)) at++;
    if (at == end) return end;
    attribute->value = at;
    if (*at == '>') return at;
    if (*at == '"' || *at == '\'') {
        attribute->value = at + 1;
        const char *close = find(at + 1, end, *at);
        attribute->value_length = (size_t)(close - at - 1);
        return close == end ? end : close + 1;
    }
    while (at < end && !is_space(*at) && *at != '>') at++;
    attribute->value_length = (size_t)(at - attribute->value);
    return at;
}

// Reads attributes up to the tag's end; NULL when the page ends first.
static const char *read_attributes(chtml_tokenizer *t, const char *at, bool keep, bool *self_closing) {
    const char *end = t->end;
    for (;;) {
        while (at < end && is_space(*at)) at++;
        if (at == end) return NULL;
        if (*at == '>') return at + 1;
        if (*at == '/') {
            if (++at < end && *at == '>') *self_closing = true;
            continue;
        }
        chtml_attribute attribute = {at, NULL, 0, 0};
        // An equals sign in front belongs to the name.
        at++;
        while (at < end && !ends_name(*at) && *at != '=') at++;
        attribute.name_length = (size_t)(at - attribute.name);
        attribute.value = at;
        while (at < end && is_space(*at)) at++;
        if (at < end && *at == '=') at = read_value(at + 1, end, &attribute);
        if (at == end) return NULL;
        if (keep) record(t, &attribute);
    }
}

// What the text of an element is, and thereby what ends it.
static uint8_t mode_of(uint16_t tag) {
    switch (tag) {
    case TAG_title:
    case TAG_textarea: return mode_rcdata;
    case TAG_script: return mode_script;
    case TAG_plaintext: return mode_plaintext;
    case TAG_style:
    case TAG_xmp:
    case TAG_iframe:
    case TAG_noembed:
    case TAG_noframes: return mode_rawtext;
    default: return mode_data;
    }
}

// Reads a tag whose name begins at `at`; false when the page ends in it.
static bool read_tag(chtml_tokenizer *t, const char *at, bool is_end, chtml_token *token) {
    const char *name = at, *end = t->end;
    while (at < end && !ends_name(*at)) at++;
    *token = (chtml_token){.kind = is_end ? chtml_token_end : chtml_token_start, .bytes = name};
    token->length = (size_t)(at - name);
    token->tag = chtml_tag(name, token->length);
    t->attribute_count = 0;
    bool keep = !is_end && (t->records_all || facts_of(token->tag).flags & tag_recorded);
    if (at < end && *at == '>') {
        at++;
    } else {
        at = read_attributes(t, at, keep, &token->self_closing);
    }
    t->next = at ? at : end;
    if (at && !is_end) {
        t->text_mode = mode_of(token->tag);
        t->raw_tag = token->tag;
    }
    return at != NULL;
}

// MARK: Comments and the like

static void take(chtml_tokenizer *t, chtml_token *token, chtml_token_kind kind, const char *from, const char *to,
                 const char *next) {
    *token = (chtml_token){.kind = kind, .bytes = from, .length = (size_t)(to - from)};
    t->next = next;
}

// A comment whose text begins at `text`, just after its two dashes.
static void read_comment(chtml_tokenizer *t, const char *text, chtml_token *token) {
    const char *end = t->end;
    if (begins(text, end, ">")) return take(t, token, chtml_token_comment, text, text, text + 1);
    if (begins(text, end, "->")) return take(t, token, chtml_token_comment, text, text, text + 2);
    for (const char *at = find(text, end, '-'); at < end; at = find(at + 1, end, '-')) {
        if (begins(at, end, "-->")) return take(t, token, chtml_token_comment, text, at, at + 3);
        if (begins(at, end, "--!>")) return take(t, token, chtml_token_comment, text, at, at + 4);
    }
    take(t, token, chtml_token_comment, text, end, end);
}

// Up to the next `>`, which belongs to it.
static void read_bogus(chtml_tokenizer *t, chtml_token_kind kind, const char *text, chtml_token *token) {
    const char *close = find(text, t->end, '>');
    take(t, token, kind, text, close, close == t->end ? close : close + 1);
}

static void read_cdata(chtml_tokenizer *t, const char *text, chtml_token *token) {
    const char *end = t->end, *at = find(text, end, ']');
    while (at < end && !begins(at, end, "]]>")) at = find(at + 1, end, ']');
    take(t, token, chtml_token_text, text, at, at == end ? end : at + 3);
}

static void read_declaration(chtml_tokenizer *t, const char *at, chtml_token *token) {
    if (begins(at, t->end, "--")) return read_comment(t, at + 2, token);
    if (begins(at, t->end, "doctype")) return read_bogus(t, chtml_token_doctype, at + 7, token);
    if (t->allows_cdata && (size_t)(t->end - at) >= 7 && memcmp(at, "[CDATA[", 7) == 0) {
        return read_cdata(t, at + 7, token);
    }
    read_bogus(t, chtml_token_comment, at, token);
}

// MARK: Text

// At `at` stands the end tag of a raw element.
static bool is_raw_end(const chtml_tokenizer *t, const char *at) {
    if (t->end - at < 3 || at[1] != '/' || !is_letter(at[2])) return false;
    const char *name = at + 2;
    at = name;
    while (at < t->end && !ends_name(*at)) at++;
    return at < t->end && chtml_tag(name, (size_t)(at - name)) == t->raw_tag;
}

// A script may hide its own end tag in a comment, if a script's start tag stands before it there (13.2.5.15 ff.).
static const char *script_end(const chtml_tokenizer *t) {
    enum { plain, escaped, escaped_twice } state = plain;
    const char *end = t->end;
    for (const char *at = t->next; at < end; at++) {
        if (*at == '<') {
            if (state != escaped_twice && is_raw_end(t, at)) return at;
            if (state == plain && begins(at, end, "<!--")) {
                state = escaped;
                at++;  // Its dashes may be those of the end.
            } else if (state == escaped && begins(at, end, "<script") && at + 7 < end && ends_name(at[7])) {
                state = escaped_twice;
            } else if (state == escaped_twice && is_raw_end(t, at)) {
                state = escaped;
            }
        } else if (*at == '-' && state != plain && begins(at, end, "-->")) {
            state = plain;
        } else if (state == plain) {
            at = find(at, end, '<') - 1;
        }
    }
    return end;
}

static const char *raw_end(const chtml_tokenizer *t) {
    if (t->text_mode == mode_plaintext) return t->end;
    if (t->text_mode == mode_script) return script_end(t);
    const char *at = find(t->next, t->end, '<');
    while (at < t->end && !is_raw_end(t, at)) at = find(at + 1, t->end, '<');
    return at;
}

// Markup begins with the `<` at `at`.
static bool is_markup(const char *at, const char *end) {
    if (end - at < 2) return false;
    if (at[1] == '/') return end - at > 2;
    return is_letter(at[1]) || at[1] == '!' || at[1] == '?';
}

// The next token, if its first byte is text.
static bool read_text(chtml_tokenizer *t, chtml_token *token) {
    const char *from = t->next, *to;
    if (t->text_mode == mode_data) {
        to = find(from, t->end, '<');
        while (to < t->end && !is_markup(to, t->end)) to = find(to + 1, t->end, '<');
    } else {
        to = raw_end(t);
    }
    if (from == to) return false;
    take(t, token, chtml_token_text, from, to, to);
    token->has_references = t->text_mode <= mode_rcdata;
    return true;
}

bool chtml_tokenizer_next(chtml_tokenizer *t, chtml_token *token) {
    while (t->next < t->end) {
        if (read_text(t, token)) return true;
        t->text_mode = mode_data;
        const char *at = t->next + 1;
        if (*at == '/') {
            if (is_letter(at[1])) return read_tag(t, at + 1, true, token);
            // `</>` is nothing at all.
            if (at[1] == '>') {
                t->next = at + 2;
                continue;
            }
            read_bogus(t, chtml_token_comment, at + 1, token);
        } else if (*at == '!') {
            read_declaration(t, at + 1, token);
        } else if (*at == '?') {
            read_bogus(t, chtml_token_comment, at, token);
        } else {
            return read_tag(t, at, false, token);
        }
        return true;
    }
    return false;
}
