// Tables of CPython that are files of the standard library and not data of the module (the recipe's steps/late_tables.py): those
// of Chinese, Japanese and Korean encodings and of `unicodedata`, which few programs use and all would have to download.
//
// They are read when their module is imported, so they come with the start of a site whose program does so, and else when
// they are first wanted.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "port.h"

extern void *PyExc_OSError;
void *PyErr_SetFromErrnoWithFilename(void *type, const char *path);

/// Reads `size` bytes; false, with errno, when there are not as many.
static int read_whole(int fd, char *to, size_t size) {
    while (size > 0) {
        ssize_t count = read(fd, to, size);
        if (count < 0 && errno == EINTR) continue;
        if (count == 0) errno = EIO;
        if (count <= 0) return 0;
        to += count;
        size -= (size_t)count;
    }
    return 1;
}

/// Fills tables, each given by its address and its size, from a file; a null pointer ends them. Returns -1 with an exception set
/// when the file can't be read.
FROND_PUBLIC int _Py_LoadTables(const char *path, ...) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int good = fd >= 0;
    va_list tables;
    va_start(tables, path);
    char *table;
    while (good && (table = va_arg(tables, char *))) good = read_whole(fd, table, va_arg(tables, size_t));
    va_end(tables);
    if (!good) PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
    if (fd >= 0) close(fd);
    return good ? 0 : -1;
}
