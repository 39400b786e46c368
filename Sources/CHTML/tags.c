#include "tags.h"

#include <pthread.h>
#include <string.h>

const tag_facts chtml_tag_facts[TAG_COUNT] = {
    [TAG_gone] = {tag_inline, chtml_element_none},
#define X(name, flags, element) [TAG_##name] = {flags, chtml_element_##element},
    CHTML_TAGS(X)
#undef X
};

static const char *const names[TAG_COUNT] = {
    [TAG_gone] = "",
#define X(name, flags, element) [TAG_##name] = #name,
    CHTML_TAGS(X)
#undef X
};

// An open-addressed table over the first 16 bytes of a name; no name that the rules know is longer.
enum { slot_bits = 9, slots = 1 << slot_bits };

typedef struct packed_name {
    uint64_t low, high;
} packed_name;

static struct {
    packed_name name;
    uint16_t tag;
} table[slots];

static uint64_t hash_of(packed_name name) {
    return (name.low ^ name.high * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
}

static uint8_t lower(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 32 : byte; }

static packed_name pack(const char *bytes, size_t length) {
    packed_name name = {0, 0};
    size_t low = length < 8 ? length : 8;
    for (size_t i = 0; i < low; i++) name.low |= (uint64_t)lower((uint8_t)bytes[i]) << (8 * i);
    for (size_t i = 8; i < length; i++) name.high |= (uint64_t)lower((uint8_t)bytes[i]) << (8 * (i - 8));
    return name;
}

static void fill(void) {
    for (uint16_t tag = 1; tag < TAG_COUNT; tag++) {
        const char *name = tag == TAG_annotation_xml ? "annotation-xml" : names[tag];
        packed_name packed = pack(name, strlen(name));
        size_t slot = hash_of(packed) >> (64 - slot_bits);
        while (table[slot].tag) slot = (slot + 1) % slots;
        table[slot].name = packed;
        table[slot].tag = tag;
    }
}

static pthread_once_t filled = PTHREAD_ONCE_INIT;

void chtml_tags_prepare(void) { pthread_once(&filled, fill); }

static uint16_t number(uint64_t hash) { return (uint16_t)(TAG_COUNT + hash % (UINT16_MAX - TAG_COUNT)); }

static uint16_t long_name(const char *name, size_t length) {
    uint64_t hash = 0;
    for (size_t i = 0; i < length; i++) hash = (hash ^ lower((uint8_t)name[i])) * 0x100000001B3u;
    return number(hash);
}

uint16_t chtml_tag(const char *name, size_t length) {
    if (length > 16) return long_name(name, length);
    packed_name packed = pack(name, length);
    uint64_t hash = hash_of(packed);
    for (size_t slot = hash >> (64 - slot_bits); table[slot].tag; slot = (slot + 1) % slots) {
        if (table[slot].name.low == packed.low && table[slot].name.high == packed.high) return table[slot].tag;
    }
    return number(hash);
}
