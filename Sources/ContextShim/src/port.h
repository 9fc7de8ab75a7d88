// What differs between the two places where this code runs.
//
// On WebAssembly every context has two stacks: the engine's (frames and locals, invisible to the program) and the
// "shadow" stack in linear memory (variables whose address is taken), which `__stack_pointer` points into. Natively, in
// the tests, a context has one stack, and the host in Tests/ContextShimTests/native switches it with ucontext.
#ifndef FROND_PORT_H
#define FROND_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// In a header, what FROND_PUBLIC is in a source file.
#define FROND_DECLARED __attribute__((visibility("default")))
#define FROND_NOINLINE __attribute__((noinline))
#define FROND_INTERNAL __attribute__((visibility("hidden")))

#ifdef __wasm__
#define FROND_IMPORT(name) __attribute__((import_module("frond"), import_name(name)))
/// Called or read by the host: an export of the module, whatever the linker drops otherwise.
#define FROND_EXPORT(name) __attribute__((export_name(name), visibility("default"), used))
/// Used by other objects and by extension modules.
#define FROND_PUBLIC __attribute__((visibility("default"), used))

static inline char *frond_stack_pointer(void) {
    char *pointer;
    __asm__ volatile(
        ".globaltype __stack_pointer, i32\n"
        "global.get __stack_pointer\n"
        "local.set %0"
        : "=r"(pointer));
    return pointer;
}

static inline void frond_set_stack_pointer(char *pointer) {
    __asm__ volatile(
        ".globaltype __stack_pointer, i32\n"
        "local.get %0\n"
        "global.set __stack_pointer"
        :
        : "r"(pointer)
        : "memory");
}
#else
#define FROND_IMPORT(name)
#define FROND_EXPORT(name) __attribute__((visibility("default"), used))
#define FROND_PUBLIC __attribute__((visibility("default"), used))
static inline char *frond_stack_pointer(void) {
    return (char *)__builtin_frame_address(0);
}
static inline void frond_set_stack_pointer(char *pointer) {
    (void)pointer;
}
#endif

#endif
