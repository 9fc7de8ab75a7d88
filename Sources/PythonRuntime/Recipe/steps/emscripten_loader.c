// Emscripten's dynamic loader in JavaScript asks for these two, and finding them in libc would bring libc's dlopen
// along. That JavaScript is thrown away, so nothing calls them.
#include <stddef.h>

void __dl_seterr(const char *message, const void *argument) {
    (void)message, (void)argument;
    __builtin_trap();
}

const char *_emscripten_find_dylib(char *path, const char *search, const char *name, size_t size) {
    (void)path, (void)search, (void)name, (void)size;
    __builtin_trap();
}
