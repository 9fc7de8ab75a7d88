// Memory growth without the host: wasm can grow its memory itself.
#include "port.h"

#ifdef __wasm__
#define PAGE 65536
#define MOST_AHEAD (96u << 20)

/// Grows memory to `size` bytes at least, a fifth ahead so that many small requests don't each grow it.
FROND_PUBLIC int emscripten_resize_heap(size_t size) {
    size_t have = (size_t)__builtin_wasm_memory_size(0) * PAGE;
    if (size <= have) return 1;
    size_t ahead = have / 5 < MOST_AHEAD ? have / 5 : MOST_AHEAD;
    size_t wanted[2] = {have + ahead > size ? have + ahead : size, size};
    for (int i = 0; i < 2; i++) {
        size_t pages = (wanted[i] - have + PAGE - 1) / PAGE;
        if (__builtin_wasm_memory_grow(0, pages) != (size_t)-1) return 1;
    }
    return 0;
}
#endif
