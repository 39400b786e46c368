#include "cidn.h"

#include <pthread.h>
#include <unicode/uidna.h>

static UIDNA *shared;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// An opened UIDNA is immutable, so one serves all threads (as ICU documents).
static void open_shared(void) {
    UErrorCode status = U_ZERO_ERROR;
    UIDNA *idna = uidna_openUTS46(
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &status);
    if (U_SUCCESS(status)) shared = idna;
}

int32_t cidn_to_ascii(const char *domain, int32_t length, char *ascii, int32_t capacity) {
    // CheckHyphens and VerifyDnsLength are off: what they alone find wrong is no error.
    const uint32_t ignored = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG
        | UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;
    pthread_once(&once, open_shared);
    if (!shared) return -1;
    UErrorCode status = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    int32_t written = uidna_nameToASCII_UTF8(shared, domain, length, ascii, capacity, &info, &status);
    if (U_FAILURE(status) || (info.errors & ~ignored) || written > capacity) return -1;
    return written;
}
