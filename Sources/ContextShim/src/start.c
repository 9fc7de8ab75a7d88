// The main context: from the host's argument list to the program, and back with its exit status.
//
// A start can have two parts. When the host names modules to preload, the first call of `frond_start` initialises the program,
// imports them and returns FROND_PREPARED: no stack is in use then, so linear memory is all there is, and the host may keep a
// copy of it. The second call runs the program. A later instance gets the copy and begins with the second call.
#include "start.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __wasm__
#include <wasi/api.h>
#endif

#include "scheduler.h"
#include "thread_local.h"

#ifdef __wasm__
// The ends of the main shadow stack; the linker defines them.
extern char __stack_low, __stack_high;

extern _Thread_local void *__tls_locale;

// Programs in one part need no more than `frond_program`.
__attribute__((weak)) int frond_program_prepare(int count, char **arguments, const char *modules) {
    (void)modules;
    return frond_program(count, arguments);
}

__attribute__((weak)) int frond_program_go_on(void) {
    return 71;  // EX_OSERR; the first part has returned a status, so nobody asks
}

/// Before the constructors of C++ objects, which may lock and throw already.
__attribute__((constructor(50))) static void initialise(void) {
    size_t size = (size_t)(&__stack_high - &__stack_low);
    size_t usable = size < FROND_MAIN_STACK ? size : FROND_MAIN_STACK;
    frond_main_context.stack = &__stack_high - usable;
    frond_main_context.stack_size = usable;
    frond_main_context.parked_at = &__stack_high;
    frond_set_limits(&frond_main_thread);
    frond_thread_local(&__tls_locale, sizeof __tls_locale, NULL);
    frond_program_initialise();
}

void __funcs_on_exit(void);
void __stdio_exit(void);

/// Emscripten has this one in JavaScript.
FROND_PUBLIC _Noreturn void exit(int status) {
    __funcs_on_exit();
    __stdio_exit();
    _Exit(status);
}

/// A program whose main function returns ends as by `exit`: what `atexit` was given runs first.
static int end(int status) {
    __funcs_on_exit();
    fflush(NULL);
    return status;
}

/// Set by the host before the start: names of modules with commas between, or null for a start in one part.
FROND_PUBLIC char *frond_preload;

void (*frond_before_going_on)(void);

/// What `frond_start` returns after the first part; exit statuses are below. `Templates/glue/contexts.mjs` has the same.
enum { FROND_PREPARED = 256 };

FROND_EXPORT("frond_start") int frond_start(void) {
    static bool prepared;
    if (prepared) {
        if (frond_before_going_on) frond_before_going_on();
        return end(frond_program_go_on());
    }
    size_t count, bytes;
    if (__wasi_args_sizes_get(&count, &bytes)) return 71;  // EX_OSERR
    char **arguments = calloc(count + 1, sizeof *arguments);
    uint8_t *text = malloc(bytes + 1);
    if (!arguments || !text || __wasi_args_get((uint8_t **)arguments, text)) return 71;
    int status = frond_preload ? frond_program_prepare((int)count, arguments, frond_preload)
                               : frond_program((int)count, arguments);
    prepared = status < 0;
    if (!prepared) return end(status);
    fflush(NULL);
    return FROND_PREPARED;
}
#endif
