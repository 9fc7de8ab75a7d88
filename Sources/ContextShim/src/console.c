// What Emscripten's libc sends to the browser's console goes to standard output and standard error.
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port.h"

static void print(int fd, const char *text) {
    if (write(fd, text, strlen(text)) >= 0) (void)!write(fd, "\n", 1);
}

FROND_PUBLIC void emscripten_console_log(const char *text) {
    print(STDOUT_FILENO, text);
}
FROND_PUBLIC void emscripten_out(const char *text) {
    print(STDOUT_FILENO, text);
}
FROND_PUBLIC void emscripten_console_warn(const char *text) {
    print(STDERR_FILENO, text);
}
FROND_PUBLIC void emscripten_console_error(const char *text) {
    print(STDERR_FILENO, text);
}
FROND_PUBLIC void emscripten_console_trace(const char *text) {
    print(STDERR_FILENO, text);
}
FROND_PUBLIC void emscripten_err(const char *text) {
    print(STDERR_FILENO, text);
}
FROND_PUBLIC void emscripten_dbg(const char *text) {
    print(STDERR_FILENO, text);
}
FROND_PUBLIC void _emscripten_log_formatted(int flags, const char *text) {
    (void)flags;
    print(STDERR_FILENO, text);
}

FROND_PUBLIC void _emscripten_get_progname(char *name, int size) {
    if (size > 0) strncpy(name, "python3", (size_t)size - 1)[size - 1] = 0;
}

FROND_PUBLIC int _emscripten_system(const char *command) {
    return command ? -ENOSYS : 0;  // there is no shell
}

FROND_PUBLIC _Noreturn void __assert_fail(const char *condition, const char *file, int line, const char *function) {
    char text[512];
    snprintf(
        text, sizeof text, "Assertion failed: %s (%s: %s: %d)", condition, file, function ? function : "?", line);
    print(STDERR_FILENO, text);
    abort();
}
