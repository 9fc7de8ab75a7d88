// What CPython compiles of strings, kept from one start for the next (cpython-compiled-strings.patch).
//
//     a first run   compile(string) ─▶ code; key and marshalled code are appended to  compiled-strings.new
//     a start       compile(string) ─▶ key in a file ?  ─▶ the code that is there, unmarshalled
//
// The host places the files, or does not: compiled-strings.new is there when new ones are wanted, compiled-strings comes from the
// files image of a site or from an earlier run. Both are a row of entries: the sizes of key and code (u32 each), key, code. A key
// is everything that a compilation depends on, and keys are compared byte by byte.
//
// The files are read when the first string is compiled. A hash table of open addressing finds entries, new ones as well, so that
// none is compiled twice.
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiled_strings.h"
#include "hash.h"
#include "port.h"

const char *PyUnicode_AsUTF8AndSize(void *text, ptrdiff_t *size);
void *PyMarshal_ReadObjectFromString(const char *bytes, ptrdiff_t size);
void *PyMarshal_WriteObjectToString(void *object, int version);
int PyBytes_AsStringAndSize(void *bytes, char **start, ptrdiff_t *size);
void PyErr_Clear(void);
void Py_DecRef(void *object);

static const char known_file[] = "/usr/lib/frond/compiled-strings";
static const char new_file[] = "/usr/lib/frond/compiled-strings.new";

enum {
    MARSHAL_VERSION = 5,
    PYTHON_EVAL = 258,        // Py_eval_input
    PYTHON_FILE = 257,        // Py_file_input
    OTHER_COMPILERS = 0xf600  // PyCF_COMPILE_MASK: flags with which something else comes out than usual
};
/// A longer string is a program, and is compiled once.
static const size_t longest_key = 1 << 16;
/// More than that is not kept, however much a start compiles.
static const off_t most_bytes = 1 << 22;

struct entry {
    uint32_t key_size, code_size;
    char bytes[];  // key, code
};

/// Entries that lie one after another: those of a file, or a new one.
struct row {
    struct row *next;
    size_t size;  // of the entries, bytes
    char entries[];
};

static struct {
    bool looked;                 // for the files
    bool keeps;                  // there is a file for new ones
    struct row *rows;
    const struct entry **table;  // null where there is none
    uint32_t slots, used;        // slots: a power of two, or none at all
} strings;

void frond_forget_compiled_strings(void) {
    for (struct row *row = strings.rows, *next; row; row = next) {
        next = row->next;
        free(row);
    }
    free(strings.table);
    strings = (typeof(strings)){0};
}

/// Where the entry of a key is, or may be put. There is a table.
static const struct entry **place(const char *key, size_t size) {
    uint32_t mask = strings.slots - 1, at = frond_hash(key, size) & mask;
    for (;; at = (at + 1) & mask) {
        const struct entry *entry = strings.table[at];
        if (!entry || (entry->key_size == size && memcmp(entry->bytes, key, size) == 0)) return &strings.table[at];
    }
}

/// Makes the table so large that with some more entries half of it stays free.
static bool make_room(uint32_t more) {
    uint32_t slots = strings.slots ? strings.slots : 64;
    while (slots < 2 * (strings.used + more)) slots *= 2;
    if (slots == strings.slots) return true;
    const struct entry **smaller = strings.table, **larger = calloc(slots, sizeof *larger);
    if (!larger) return false;
    uint32_t before = strings.slots;
    strings.table = larger;
    strings.slots = slots;
    for (uint32_t i = 0; i < before; i++)
        if (smaller[i]) *place(smaller[i]->bytes, smaller[i]->key_size) = smaller[i];
    free(smaller);
    return true;
}

/// The entry at an offset of a row; null when there is no whole one. Entries begin at multiples of four.
static const struct entry *entry_at(const struct row *row, size_t offset) {
    if (offset > row->size || row->size - offset < sizeof(struct entry)) return NULL;
    const struct entry *entry = (const struct entry *)(row->entries + offset);
    uint64_t end = (uint64_t)offset + sizeof *entry + entry->key_size + entry->code_size;
    return end <= row->size ? entry : NULL;
}

static size_t whole_size(const struct entry *entry) {
    return (sizeof *entry + entry->key_size + entry->code_size + 3) & ~(size_t)3;
}

/// Takes a row over.
static bool add(struct row *row) {
    const struct entry *entry;
    uint32_t count = 0;
    for (size_t at = 0; (entry = entry_at(row, at)); at += whole_size(entry)) count++;
    if (!make_room(count)) return false;
    for (size_t at = 0; (entry = entry_at(row, at)); at += whole_size(entry)) {
        const struct entry **slot = place(entry->bytes, entry->key_size);
        if (!*slot) strings.used++;
        *slot = entry;
    }
    row->next = strings.rows;
    strings.rows = row;
    return true;
}

static struct row *make_row(size_t size) {
    struct row *row = calloc(1, sizeof *row + size);
    if (row) row->size = size;
    return row;
}

static bool read_whole(int fd, struct row *row) {
    for (size_t done = 0; done < row->size;) {
        ssize_t count = read(fd, row->entries + done, row->size - done);
        if (count <= 0) return false;
        done += (size_t)count;
    }
    return true;
}

static void add_file(const char *name) {
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status;
    if (fstat(fd, &status) == 0 && status.st_size > 0 && status.st_size <= most_bytes) {
        struct row *row = make_row((size_t)status.st_size);
        if (row && !(read_whole(fd, row) && add(row))) free(row);
    }
    close(fd);
}

static void look(void) {
    if (strings.looked) return;
    strings.looked = true;
    add_file(known_file);
    strings.keeps = access(new_file, W_OK) == 0;
    if (strings.keeps) add_file(new_file);
}

/// A key, to be freed: flags, what is compiled, level of optimisation, name of the file, source. Null for what is not kept.
static char *make_key(const char *source, void *filename, int start, int flags, int level, size_t *size) {
    if ((start != PYTHON_EVAL && start != PYTHON_FILE) || flags & OTHER_COMPILERS) return NULL;
    ptrdiff_t length;
    const char *name = PyUnicode_AsUTF8AndSize(filename, &length);
    if (!name) {
        PyErr_Clear();
        return NULL;
    }
    int32_t numbers[] = {flags, start, level, (int32_t)length};
    size_t source_size = strlen(source);
    *size = sizeof numbers + (size_t)length + source_size;
    char *key = *size <= longest_key ? malloc(*size) : NULL;
    if (!key) return NULL;
    memcpy(key, numbers, sizeof numbers);
    memcpy(key + sizeof numbers, name, (size_t)length);
    memcpy(key + sizeof numbers + length, source, source_size);
    return key;
}

FROND_PUBLIC void *_Py_EmscriptenCompiled(const char *source, void *filename, int start, int flags, int level) {
    look();
    if (!strings.used) return NULL;
    size_t size;
    char *key = make_key(source, filename, start, flags, level, &size);
    if (!key) return NULL;
    const struct entry *entry = *place(key, size);
    free(key);
    if (!entry) return NULL;
    void *code = PyMarshal_ReadObjectFromString(entry->bytes + entry->key_size, (ptrdiff_t)entry->code_size);
    if (!code) PyErr_Clear();
    return code;
}

/// Appends a row to the file of new ones.
static bool append(const struct row *row) {
    int fd = open(new_file, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) return false;
    struct stat status;
    bool fits = fstat(fd, &status) == 0 && status.st_size + (off_t)row->size <= most_bytes;
    bool done = fits && write(fd, row->entries, row->size) == (ssize_t)row->size;
    close(fd);
    return done;
}

static void keep(const char *key, size_t key_size, const char *code, size_t code_size) {
    struct entry sizes = {(uint32_t)key_size, (uint32_t)code_size};
    struct row *row = make_row(whole_size(&sizes));
    if (!row) return;
    struct entry *entry = (struct entry *)row->entries;
    *entry = sizes;
    memcpy(entry->bytes, key, key_size);
    memcpy(entry->bytes + key_size, code, code_size);
    strings.keeps = append(row);
    if (!strings.keeps || !add(row)) free(row);
}

FROND_PUBLIC void _Py_EmscriptenKeepCompiled(
    const char *source, void *filename, int start, int flags, int level, void *code) {
    look();
    if (!strings.keeps) return;
    size_t size;
    char *key = make_key(source, filename, start, flags, level, &size);
    if (!key) return;
    void *bytes = PyMarshal_WriteObjectToString(code, MARSHAL_VERSION);
    char *marshalled;
    ptrdiff_t code_size;
    if (bytes && PyBytes_AsStringAndSize(bytes, &marshalled, &code_size) == 0)
        keep(key, size, marshalled, (size_t)code_size);
    else
        PyErr_Clear();
    Py_DecRef(bytes);
    free(key);
}
