// The language of a text by CLD2 (Compact Language Detector 2), the detector that Chromium had and that Common Crawl tags
// its pages with. Safe on any thread; nothing is allocated that outlives a call.
#ifndef CCLD_H
#define CCLD_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ccld_answer {
    const char *code;  // CLD2's code of the language, such as "en" or "zh-Hant"; lives for ever
    int percent;       // of the text's letters that are in it
    bool is_reliable;  // CLD2's own judgement, which a few words seldom pass
} ccld_answer;

// The main language of a text in UTF-8. `hint` is a language tag that the page states, or NULL; it tips the scales.
ccld_answer ccld_detect(const char *text, size_t length, const char *hint);

#ifdef __cplusplus
}
#endif

#endif
