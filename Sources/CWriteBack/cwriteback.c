#define _GNU_SOURCE
#include "cwriteback.h"

#include <fcntl.h>

int cwriteback_start(int descriptor, int64_t offset, int64_t count) {
  return sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}

int cwriteback_open_direct(const char *path) { return open(path, O_WRONLY | O_DIRECT | O_CLOEXEC); }
