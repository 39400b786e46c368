// Attributes by name, and figures by their class.
#include <string.h>

#include "open_elements.h"

static bool names(const chtml_attribute *attribute, const char *name) {
    size_t length = strlen(name);
    if (attribute->name_length != length) return false;
    for (size_t i = 0; i < length; i++) {
        if ((attribute->name[i] | 32) != name[i]) return false;
    }
    return true;
}

const chtml_attribute *chtml_attribute_named(const chtml_tokenizer *t, const char *name) {
    for (size_t i = 0; i < t->attribute_count; i++) {
        if (names(&t->attributes[i], name)) return &t->attributes[i];
    }
    return NULL;
}

// What DocBook, MediaWiki, WordPress and others call a figure and its caption.
static const struct {
    const char *name;
    uint8_t element;
} classes[] = {
    {"caption", chtml_element_figcaption},         {"mediaobject", chtml_element_figure},
    {"thumbcaption", chtml_element_figcaption},    {"thumb", chtml_element_figure},
    {"wp-caption-text", chtml_element_figcaption}, {"wp-caption", chtml_element_figure},
    {"gallerytext", chtml_element_figcaption},     {"gallerybox", chtml_element_figure},
    {"figure-caption", chtml_element_figcaption},  {"figure", chtml_element_figure},
    {"image-caption", chtml_element_figcaption},   {"photo-caption", chtml_element_figcaption},
    {"figcaption", chtml_element_figcaption},
};

static uint8_t element_of_class(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (strlen(classes[i].name) == length && memcmp(classes[i].name, name, length) == 0) return classes[i].element;
    }
    return chtml_element_none;
}

uint8_t chtml_element_by_class(const chtml_tokenizer *t) {
    const chtml_attribute *class = t->attribute_count ? chtml_attribute_named(t, "class") : NULL;
    if (!class) return chtml_element_none;
    const char *at = class->value, *end = at + class->value_length;
    while (at < end) {
        while (at < end && is_space(*at)) at++;
        const char *name = at;
        while (at < end && !is_space(*at)) at++;
        uint8_t element = element_of_class(name, (size_t)(at - name));
        if (element != chtml_element_none) return element;
    }
    return chtml_element_none;
}
