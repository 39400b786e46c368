#include "CCLD.h"

#include <cstdio>  // compact_lang_det.h wants it

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <limits.h>

ccld_answer ccld_detect(const char *text, size_t length, const char *hint) {
    ccld_answer answer = {"un", 0, false};
    if (length > INT_MAX) return answer;
    CLD2::CLDHints hints = {hint, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::Language languages[3];
    int percents[3], valid = 0, bytes = 0;
    double scores[3];
    CLD2::ExtDetectLanguageSummaryCheckUTF8(
        text, static_cast<int>(length), true, &hints, 0, languages, percents, scores, nullptr, &bytes,
        &answer.is_reliable, &valid);
    answer.code = CLD2::LanguageCode(languages[0]);
    answer.percent = percents[0];
    return answer;
}
