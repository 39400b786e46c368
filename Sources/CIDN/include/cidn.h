// UTS #46 (internationalised domain names) as the WHATWG URL standard calls it, over ICU.
//
// ICU's functions are macros that add a version to each name, which Swift cannot see.
#ifndef CIDN_H
#define CIDN_H

#include <stdint.h>

// Maps a domain to ASCII: UTS #46, non-transitional, CheckBidi, CheckJoiners, not CheckHyphens, not strict STD3
// rules, no length check ("domain to ASCII" with beStrict false; the caller rejects forbidden code points).
//
// Reads `length` bytes of UTF-8 and writes at most `capacity` bytes of ASCII without a terminating zero.
// Gives the number of bytes written, or -1 when the domain is not valid or does not fit.
int32_t cidn_to_ascii(const char *domain, int32_t length, char *ascii, int32_t capacity);

#endif
