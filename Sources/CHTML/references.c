// Character references (13.2.5.72 ff. of the HTML standard).
#include <string.h>

#include "CHTML.h"

typedef struct named_reference {
    const char *name;  // without `&`, with `;` where it belongs to it
    uint32_t first;
    uint16_t second;
} named_reference;

static const named_reference table[] = {
#include "reference_table.h"
};

// Where the names in [low, high) that share their first `at` bytes have a byte there that is not less than `byte`.
static size_t bound(size_t low, size_t high, size_t at, unsigned byte) {
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((unsigned char)table[middle].name[at] < byte) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// The longest name that the bytes begin with; its length, or 0.
static size_t longest(const char *bytes, size_t length, const named_reference **found) {
    size_t low = 0, high = sizeof table / sizeof *table, best = 0;
    for (size_t at = 0; at < length && low < high; at++) {
        unsigned byte = (unsigned char)bytes[at];
        // A name's end is a zero, which no name holds.
        if (byte == 0) break;
        low = bound(low, high, at, byte);
        high = bound(low, high, at, byte + 1);
        if (low < high && table[low].name[at + 1] == 0) {
            best = at + 1;
            *found = &table[low];
        }
    }
    return best;
}

unsigned chtml_reference(const char *name, size_t length, uint32_t points[2]) {
    const named_reference *found = NULL;
    if (length == 0 || longest(name, length, &found) != length) return 0;
    points[0] = found->first;
    points[1] = found->second;
    return points[1] ? 2 : 1;
}

const char *chtml_reference_at(size_t place, uint32_t points[2]) {
    if (place >= sizeof table / sizeof *table) return NULL;
    points[0] = table[place].first;
    points[1] = table[place].second;
    return table[place].name;
}

static char *put(char *to, uint32_t point) {
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xC0 | point >> 6);
        *to++ = (char)(0x80 | (point & 0x3F));
    } else {
        if (point < 0x10000) {
            *to++ = (char)(0xE0 | point >> 12);
        } else {
            *to++ = (char)(0xF0 | point >> 18);
            *to++ = (char)(0x80 | (point >> 12 & 0x3F));
        }
        *to++ = (char)(0x80 | (point >> 6 & 0x3F));
        *to++ = (char)(0x80 | (point & 0x3F));
    }
    return to;
}

// What a number stands for: those of the C1 controls are windows-1252's characters.
static uint32_t meant(uint32_t point) {
    static const uint16_t windows[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    if (point >= 0x80 && point < 0xA0) return windows[point - 0x80];
    bool is_character = point != 0 && point <= 0x10FFFF && !(point >= 0xD800 && point < 0xE000);
    return is_character ? point : 0xFFFD;
}

static int digit(char byte, uint32_t base) {
    int value = byte >= '0' && byte <= '9'               ? byte - '0'
                : (byte | 32) >= 'a' && (byte | 32) <= 'f' ? (byte | 32) - 'a' + 10
                                                           : 99;
    return value < (int)base ? value : -1;
}

// `at` is just after `&#`; the bytes read after the ampersand, or 0.
static size_t numeric(const char *at, const char *end, char **to) {
    const char *start = at - 1;
    uint32_t base = at < end && (*at | 32) == 'x' ? 16 : 10, point = 0;
    if (base == 16) at++;
    const char *first = at;
    for (; at < end && digit(*at, base) >= 0; at++) {
        point = point * base + (uint32_t)digit(*at, base);
        if (point > 0x10FFFF) point = 0x110000;
    }
    if (at == first) return 0;
    if (at < end && *at == ';') at++;
    *to = put(*to, meant(point));
    return (size_t)(at - start);
}

static bool continues_word(char byte) {
    return byte == '=' || (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z');
}

// `at` is just after `&`; the bytes read there, or 0.
static size_t reference(const char *at, const char *end, bool in_attribute, char **to) {
    if (at < end && *at == '#') return numeric(at + 1, end, to);
    const named_reference *found = NULL;
    size_t length = longest(at, (size_t)(end - at), &found);
    if (length == 0) return 0;
    // Addresses are full of "&copy=": old names without a semicolon are none there.
    if (in_attribute && at[length - 1] != ';' && at + length < end && continues_word(at[length])) return 0;
    *to = put(*to, found->first);
    if (found->second) *to = put(*to, found->second);
    return length;
}

bool chtml_is_plain(const char *bytes, size_t length) {
    unsigned found = 0;
    // Without a way out of the loop, so that the compiler can look at many bytes at once.
    for (size_t i = 0; i < length; i++) found |= (bytes[i] == '&') | (bytes[i] == '\r') | (bytes[i] == 0);
    return !found;
}

size_t chtml_decode(const char *bytes, size_t length, bool references, bool in_attribute, char *out) {
    const char *at = bytes, *end = bytes + length;
    char *to = out;
    while (at < end) {
        char byte = *at++;
        if (byte == '&' && references) {
            size_t used = reference(at, end, in_attribute, &to);
            at += used;
            if (used == 0) *to++ = byte;
        } else if (byte == '\r') {
            *to++ = '\n';
            if (at < end && *at == '\n') at++;
        } else if (byte != 0) {
            *to++ = byte;
        } else if (in_attribute) {
            to = put(to, 0xFFFD);
        }
    }
    return (size_t)(to - out);
}
