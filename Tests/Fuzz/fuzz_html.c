// Feeds arbitrary bytes to CHTML's reader and tokenizer and touches all that they give back; see scripts/fuzz-html.
#include <stdint.h>
#include <stdlib.h>

#include "CHTML.h"

static void decode(const char *bytes, size_t length, bool references, bool in_attribute) {
    char *out = malloc(CHTML_DECODE_GROWTH * length + 1);
    size_t count = chtml_decode(bytes, length, references, in_attribute, out);
    if (count > CHTML_DECODE_GROWTH * length) abort();
    free(out);
}

static void read(const char *page, size_t length) {
    chtml_reader *reader = chtml_create(page, length);
    chtml_want_text(reader, true);
    chtml_event event;
    while (chtml_next(reader, &event)) {
        if (event.kind == chtml_event_text) decode(event.text, event.length, event.has_references, false);
        if (event.kind != chtml_event_start) continue;
        for (size_t i = 0; i < event.attribute_count; i++) {
            decode(event.attributes[i].value, event.attributes[i].value_length, true, true);
        }
    }
    chtml_destroy(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    // A copy of its very size, so that a byte read too far is seen.
    char *page = malloc(size ? size : 1);
    for (size_t i = 0; i < size; i++) page[i] = (char)data[i];
    read(page, size);
    chtml_tokenizer tokenizer;
    chtml_token token;
    chtml_tokenizer_init(&tokenizer, page, size);
    tokenizer.records_all = true;
    while (chtml_tokenizer_next(&tokenizer, &token)) decode(token.bytes, token.length, true, false);
    free(page);
    return 0;
}
