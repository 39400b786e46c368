#ifndef CFAULTVFS_H
#define CFAULTVFS_H

/// A layer between SQLite and the system's files that tells a hook of every change before it happens, and fails
/// the change when the hook says so. For tests only.

/// What SQLite is about to do.
enum cfaultvfs_operation {
    cfaultvfs_open = 0,
    cfaultvfs_write = 1,
    cfaultvfs_truncate = 2,
    cfaultvfs_sync = 3,
    cfaultvfs_delete = 4,
    cfaultvfs_read = 5,
};

/// Sees an operation on `path` before it happens; `bytes` is given for writes only, `offset` is the length for a
/// truncation, and for an opening `count` is 1 when the file may be created. Returns 0 to let it happen, or the
/// SQLite result code that it is to fail with.
typedef int (*cfaultvfs_hook)(
    enum cfaultvfs_operation operation, const char *path, const void *bytes, int count, long long offset);

/// Makes this layer SQLite's default and sets its hook; later calls change nothing. Returns an SQLite result code.
int cfaultvfs_install(cfaultvfs_hook hook);

#endif
