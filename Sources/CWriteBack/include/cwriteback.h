// What Linux has for files and Swift's Glibc module does not show.
#ifndef CWRITEBACK_H
#define CWRITEBACK_H

#include <stdint.h>

// Has the disk begin to write a range of a file, without waiting (sync_file_range(2)); 0, or -1 with errno.
int cwriteback_start(int descriptor, int64_t offset, int64_t count);

// Opens an existing file for writing past the page cache (O_DIRECT, open(2)); a descriptor, or -1 with errno.
int cwriteback_open_direct(const char *path);

#endif
