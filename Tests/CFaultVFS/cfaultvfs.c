#include "cfaultvfs.h"

#include <sqlite3.h>
#include <string.h>

static cfaultvfs_hook hook;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs layer;

/// One open file: the real one lies behind it in the same allocation.
typedef struct {
    sqlite3_file base;
    const char *path;
    sqlite3_file *real;
} layered_file;

static layered_file *layered(sqlite3_file *file) { return (layered_file *)file; }
static sqlite3_file *real(sqlite3_file *file) { return layered(file)->real; }

static int ask(enum cfaultvfs_operation operation, sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at) {
    const char *path = layered(file)->path;
    return path ? hook(operation, path, bytes, count, at) : SQLITE_OK;
}

static int file_close(sqlite3_file *file) { return real(file)->pMethods->xClose(real(file)); }

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 at) {
    int code = ask(cfaultvfs_read, file, 0, count, at);
    return code ? code : real(file)->pMethods->xRead(real(file), bytes, count, at);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 at) {
    int code = ask(cfaultvfs_write, file, bytes, count, at);
    return code ? code : real(file)->pMethods->xWrite(real(file), bytes, count, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int code = ask(cfaultvfs_truncate, file, 0, 0, size);
    return code ? code : real(file)->pMethods->xTruncate(real(file), size);
}

static int file_sync(sqlite3_file *file, int flags) {
    int code = ask(cfaultvfs_sync, file, 0, 0, 0);
    return code ? code : real(file)->pMethods->xSync(real(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int level) { return real(file)->pMethods->xLock(real(file), level); }
static int file_unlock(sqlite3_file *file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }

static int file_check_lock(sqlite3_file *file, int *result) {
    return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file) { return real(file)->pMethods->xSectorSize(real(file)); }

static int file_characteristics(sqlite3_file *file) {
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) { real(file)->pMethods->xShmBarrier(real(file)); }

static int file_shm_unmap(sqlite3_file *file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

/// Version 2: with shared memory for the write-ahead log, without memory-mapped pages, whose writes nobody sees.
static const sqlite3_io_methods methods = {
    2, file_close, file_read, file_write, file_truncate, file_sync, file_size, file_lock, file_unlock,
    file_check_lock, file_control, file_sector_size, file_characteristics, file_shm_map, file_shm_lock,
    file_shm_barrier, file_shm_unmap, 0, 0,
};

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out) {
    layered_file *opened = layered(file);
    (void)vfs;
    opened->base.pMethods = 0;
    opened->path = name;
    opened->real = (sqlite3_file *)(opened + 1);
    opened->real->pMethods = 0;
    if (name) {
        int code = hook(cfaultvfs_open, name, 0, (flags & SQLITE_OPEN_CREATE) != 0, 0);
        if (code) return code;
    }
    int code = real_vfs->xOpen(real_vfs, name, opened->real, flags, out);
    if (opened->real->pMethods) opened->base.pMethods = &methods;
    return code;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int sync_folder) {
    (void)vfs;
    int code = hook(cfaultvfs_delete, name, 0, sync_folder, 0);
    return code ? code : real_vfs->xDelete(real_vfs, name, sync_folder);
}

int cfaultvfs_install(cfaultvfs_hook new_hook) {
    if (hook) return SQLITE_OK;
    real_vfs = sqlite3_vfs_find(0);
    if (!real_vfs) return SQLITE_ERROR;
    hook = new_hook;
    layer = *real_vfs;
    layer.zName = "cfaultvfs";
    layer.szOsFile = (int)sizeof(layered_file) + real_vfs->szOsFile;
    layer.xOpen = layer_open;
    layer.xDelete = layer_delete;
    return sqlite3_vfs_register(&layer, 1);
}
