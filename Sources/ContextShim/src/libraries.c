// dlopen and friends, answered from the table of the libraries that were linked in when the site was built.
//
//     frond_linked_libraries → { count, libraries* }
//         library  { path, constructor slot or 0, symbol count, symbols* }
//         symbol   { name, value }    value: table index of a function, address of data; sorted by name
//
// A library is found by the exact path at which the interpreter's import machinery sees its placeholder file. Its
// constructor runs at the first dlopen. The first one may be the program itself, without a path, when there is somebody who could
// call what dlsym answers (the linker's SyntheticSections).
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port.h"

typedef struct {
    const char *name;
    void *value;
} symbol;

typedef struct {
    const char *path;
    void (*constructor)(void);
    unsigned symbol_count;
    const symbol *symbols;
} library;

typedef struct {
    unsigned count;
    const library *libraries;
} linked_libraries;

/// The linker stores the table's address here; null in a module without libraries.
FROND_PUBLIC const linked_libraries *frond_linked_libraries;

static bool *opened;
static char message[512];
static bool has_message;

static void complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    has_message = true;
}

/// What `dlopen(NULL)` answers: the program, and every library that was opened.
static char program;

/// Libraries of other systems that are parts of this program.
static const char *const parts[] = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"};

FROND_PUBLIC void *dlopen(const char *path, int mode) {
    (void)mode;
    if (!path) return &program;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strcmp(path, parts[i])) return &program;
    const linked_libraries *table = frond_linked_libraries;
    for (unsigned i = 0; table && i < table->count; i++) {
        const library *found = &table->libraries[i];
        if (strcmp(found->path, path)) continue;
        if (!opened && !(opened = calloc(table->count, sizeof *opened))) {
            complain("%s: out of memory", path);
            return NULL;
        }
        if (!opened[i]) {
            opened[i] = true;
            if (found->constructor) found->constructor();
        }
        return (void *)(uintptr_t)found;
    }
    complain("%s: not linked into this program; native libraries are linked when the site is built", path);
    return NULL;
}

static void *find(const library *in, const char *name) {
    unsigned low = 0, high = in->symbol_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        int order = strcmp(in->symbols[middle].name, name);
        if (!order) return in->symbols[middle].value;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

static bool is_library(const void *handle) {
    const linked_libraries *table = frond_linked_libraries;
    for (unsigned i = 0; table && i < table->count; i++)
        if (handle == &table->libraries[i]) return true;
    return false;
}

FROND_PUBLIC void *__dlsym(void *restrict handle, const char *restrict name, void *restrict caller) {
    (void)caller;
    const linked_libraries *table = frond_linked_libraries;
    void *value = NULL;
    if (is_library(handle)) {
        value = find(handle, name);
    } else if (handle == &program || handle == RTLD_DEFAULT || handle == (void *)-1) {
        for (unsigned i = 0; table && i < table->count && !value; i++)
            if (!*table->libraries[i].path || (opened && opened[i])) value = find(&table->libraries[i], name);
    } else {
        complain("invalid library handle %p", handle);
        return NULL;
    }
    if (!value) complain("symbol not found: %s", name);
    return value;
}

FROND_PUBLIC void *dlsym(void *restrict handle, const char *restrict name) {
    return __dlsym(handle, name, NULL);
}

FROND_PUBLIC int dlclose(void *handle) {
    if (handle == &program || is_library(handle)) return 0;
    complain("invalid library handle %p", handle);
    return 1;
}

FROND_PUBLIC char *dlerror(void) {
    if (!has_message) return NULL;
    has_message = false;
    return message;
}
