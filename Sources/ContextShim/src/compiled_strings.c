// What CPython compiles of strings, kept from one start for the next (cpython-compiled-strings.patch).
//
//     a dry run   compile(string) ─▶ code, and appends key and marshalled code to  compiled-strings.new
//     a start     compile(string) ─▶ key in  compiled-strings ?  ─▶ the code that is there, unmarshalled
//
// Either file is in the files image or it is not. Both are a row of entries: the sizes of key and code (u32 each), key, code. A key
// is everything that a compilation depends on, and keys are compared byte by byte.
//
// The file is read when the first string is compiled. A hash table of open addressing finds its entries.
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "compiled_strings.h"
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

static struct {
    bool looked;                   // for the files
    bool keeps;                    // there is a file for new ones
    char *bytes;                   // the file of known ones, or null
    const struct entry **entries;  // a power of two of them, null where there is none
    uint32_t mask;
} strings;

void frond_forget_compiled_strings(void) {
    free(strings.bytes);
    free(strings.entries);
    strings = (typeof(strings)){0};
}

/// FNV-1a.
static uint32_t hash(const char *bytes, size_t size) {
    uint32_t value = 2166136261;
    for (size_t i = 0; i < size; i++) value = (value ^ (uint8_t)bytes[i]) * 16777619;
    return value;
}

/// Where the entry of a key is, or may be put.
static const struct entry **place(const char *key, size_t size) {
    uint32_t at = hash(key, size) & strings.mask;
    for (;; at = (at + 1) & strings.mask) {
        const struct entry *entry = strings.entries[at];
        if (!entry || (entry->key_size == size && memcmp(entry->bytes, key, size) == 0)) return &strings.entries[at];
    }
}

/// The entry at an offset of the file; null when there is no whole one. Entries begin at multiples of four.
static const struct entry *entry_at(size_t offset, size_t size) {
    if (size - offset < sizeof(struct entry)) return NULL;
    const struct entry *entry = (const struct entry *)(strings.bytes + offset);
    uint64_t end = (uint64_t)offset + sizeof *entry + entry->key_size + entry->code_size;
    return end <= size ? entry : NULL;
}

static size_t next_offset(size_t offset, const struct entry *entry) {
    return (offset + sizeof *entry + entry->key_size + entry->code_size + 3) & ~(size_t)3;
}

static bool index_entries(size_t size) {
    uint32_t count = 0;
    const struct entry *entry;
    for (size_t at = 0; at <= size && (entry = entry_at(at, size)); at = next_offset(at, entry)) count++;
    uint32_t slots = 4;
    while (slots < 2 * count) slots *= 2;
    strings.mask = slots - 1;
    strings.entries = calloc(slots, sizeof *strings.entries);
    if (!strings.entries) return false;
    for (size_t at = 0; at <= size && (entry = entry_at(at, size)); at = next_offset(at, entry))
        *place(entry->bytes, entry->key_size) = entry;
    return true;
}

static bool read_whole(int fd, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t count = read(fd, strings.bytes + done, size - done);
        if (count <= 0) return false;
        done += (size_t)count;
    }
    return true;
}

static void look(void) {
    if (strings.looked) return;
    strings.looked = true;
    strings.keeps = access(new_file, W_OK) == 0;
    int fd = open(known_file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status;
    size_t size = fstat(fd, &status) == 0 && status.st_size <= most_bytes ? (size_t)status.st_size : 0;
    strings.bytes = size ? malloc(size) : NULL;
    if (strings.bytes && !(read_whole(fd, size) && index_entries(size))) {
        free(strings.bytes);
        strings.bytes = NULL;
    }
    close(fd);
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
    if (!strings.bytes) return NULL;
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

/// Appends an entry to the file of new ones.
static void append(const char *key, size_t key_size, const char *code, size_t code_size) {
    int fd = open(new_file, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status;
    struct entry entry = {(uint32_t)key_size, (uint32_t)code_size};
    size_t whole = next_offset(0, &entry);
    static const char zeros[3];
    struct iovec parts[] = {
        {&entry, sizeof entry},
        {(void *)key, key_size},
        {(void *)code, code_size},
        {(void *)zeros, whole - sizeof entry - key_size - code_size},
    };
    strings.keeps = fstat(fd, &status) == 0 && status.st_size + (off_t)whole <= most_bytes &&
                    writev(fd, parts, 4) == (ssize_t)whole;
    close(fd);
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
        append(key, size, marshalled, (size_t)code_size);
    else
        PyErr_Clear();
    Py_DecRef(bytes);
    free(key);
}
