#include "CXML.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct cxml_parser {
    cxml_handler handler;
    htmlParserCtxtPtr context;
    bool cut;
};

struct entry {
    const char *name;
    cxml_tag tag;
};

// Sorted by name, for bsearch.
static const struct entry entries[] = {
    {"a", cxml_tag_anchor},           {"abbr", cxml_tag_inline},   {"acronym", cxml_tag_inline}, {"area", cxml_tag_area},
    {"b", cxml_tag_inline},      {"base", cxml_tag_base},     {"bdi", cxml_tag_inline},     {"bdo", cxml_tag_inline},
    {"big", cxml_tag_inline},    {"cite", cxml_tag_inline},   {"code", cxml_tag_inline},    {"data", cxml_tag_inline},
    {"del", cxml_tag_inline},    {"dfn", cxml_tag_inline},    {"em", cxml_tag_inline},      {"figcaption", cxml_tag_figcaption},
    {"figure", cxml_tag_figure}, {"font", cxml_tag_inline},   {"frame", cxml_tag_frame},    {"h1", cxml_tag_heading},
    {"h2", cxml_tag_heading},    {"h3", cxml_tag_heading},    {"h4", cxml_tag_heading},     {"h5", cxml_tag_heading},
    {"h6", cxml_tag_heading},    {"html", cxml_tag_html},     {"i", cxml_tag_inline},       {"iframe", cxml_tag_frame},
    {"img", cxml_tag_img},       {"ins", cxml_tag_inline},    {"kbd", cxml_tag_inline},     {"link", cxml_tag_link},
    {"mark", cxml_tag_inline},   {"meta", cxml_tag_meta},     {"picture", cxml_tag_picture}, {"q", cxml_tag_inline},
    {"s", cxml_tag_inline},      {"samp", cxml_tag_inline},   {"script", cxml_tag_script},  {"small", cxml_tag_inline},
    {"source", cxml_tag_source}, {"span", cxml_tag_inline},   {"strike", cxml_tag_inline},  {"strong", cxml_tag_inline},
    {"style", cxml_tag_style},   {"sub", cxml_tag_inline},    {"sup", cxml_tag_inline},     {"time", cxml_tag_inline},
    {"title", cxml_tag_title},   {"tt", cxml_tag_inline},     {"u", cxml_tag_inline},       {"var", cxml_tag_inline},
    {"wbr", cxml_tag_inline},
};

static int compare(const void *name, const void *entry) {
    return strcmp(name, ((const struct entry *)entry)->name);
}

static cxml_tag tag_of(const xmlChar *name) {
    const struct entry *found =
        bsearch(name, entries, sizeof entries / sizeof *entries, sizeof *entries, compare);
    return found ? found->tag : cxml_tag_block;
}

static void on_start(void *data, const xmlChar *name, const xmlChar **attributes) {
    cxml_parser *parser = data;
    if (parser->cut) return;
    if (parser->context->nameNr > CXML_MAX_DEPTH) {
        // libxml2 walks the open elements at every end tag, so unbounded depth is quadratic time.
        parser->cut = true;
        xmlStopParser(parser->context);
        return;
    }
    parser->handler.start(parser->handler.context, tag_of(name), (const char *const *)attributes);
}

static void on_end(void *data, const xmlChar *name) {
    cxml_parser *parser = data;
    parser->handler.end(parser->handler.context, tag_of(name));
}

static void on_text(void *data, const xmlChar *bytes, int length) {
    cxml_parser *parser = data;
    if (length > 0) parser->handler.text(parser->handler.context, (const char *)bytes, (size_t)length);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

cxml_parser *cxml_create(const cxml_handler *handler) {
    pthread_once(&once, xmlInitParser);
    cxml_parser *parser = calloc(1, sizeof *parser);
    if (!parser) return NULL;
    parser->handler = *handler;
    // No error or warning callback: they are variadic, and nobody reads a web page's faults.
    htmlSAXHandler sax = {0};
    sax.startElement = on_start;
    sax.endElement = on_end;
    sax.characters = on_text;
    sax.ignorableWhitespace = on_text;
    sax.cdataBlock = on_text;
    parser->context = htmlCreatePushParserCtxt(&sax, parser, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (!parser->context) {
        free(parser);
        return NULL;
    }
    htmlCtxtUseOptions(
        parser->context,
        HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    return parser;
}

bool cxml_feed(cxml_parser *parser, const char *bytes, size_t length, bool last) {
    // libxml2 counts in `int`.
    const size_t most = 1 << 30;
    while (length > most && !parser->cut) {
        htmlParseChunk(parser->context, bytes, (int)most, 0);
        bytes += most;
        length -= most;
    }
    if (!parser->cut) htmlParseChunk(parser->context, bytes, (int)length, last);
    return !parser->cut;
}

void cxml_destroy(cxml_parser *parser) {
    if (!parser) return;
    if (parser->context->myDoc) xmlFreeDoc(parser->context->myDoc);
    htmlFreeParserCtxt(parser->context);
    free(parser);
}

unsigned cxml_entity(const char *name) {
    const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
    return entity ? entity->value : 0;
}
