// The main context: from the host's argument list to the program, and back with its exit status.
#include "start.h"

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

FROND_EXPORT("frond_start") int frond_start(void) {
    size_t count, bytes;
    if (__wasi_args_sizes_get(&count, &bytes)) return 71;  // EX_OSERR
    char **arguments = calloc(count + 1, sizeof *arguments);
    uint8_t *text = malloc(bytes + 1);
    if (!arguments || !text || __wasi_args_get((uint8_t **)arguments, text)) return 71;
    int status = frond_program((int)count, arguments);
    fflush(NULL);
    return status;
}
#endif
