// Odds and ends that libc's own single-threaded stubs define: they must come from here as well, or the linker would take
// those stubs, and with them locks that lock nothing.
#include <stdbool.h>
#include <stdint.h>

#include "scheduler.h"

/// libc's "thread pointer": its struct pthread is the first member of ours.
FROND_PUBLIC uintptr_t __get_tp(void) {
    return (uintptr_t)frond_self;
}

FROND_PUBLIC frond_thread *emscripten_main_runtime_thread_id(void) {
    return &frond_main_thread;
}

FROND_PUBLIC bool emscripten_is_main_runtime_thread(void) {
    return true;  // one engine thread runs them all
}

FROND_PUBLIC bool emscripten_has_threading_support(void) {
    return true;
}

FROND_PUBLIC int emscripten_num_logical_cores(void) {
    return 1;
}

// Locks inside libc guard sections that never park.
FROND_PUBLIC void __lock(void *lock) {
    (void)lock;
}
FROND_PUBLIC void __unlock(void *lock) {
    (void)lock;
}
FROND_PUBLIC void __wait(volatile int *address, volatile int *waiters, int value, int private) {
    (void)address, (void)waiters, (void)value, (void)private;
}
FROND_PUBLIC void __inhibit_ptc(void) {}
FROND_PUBLIC void __acquire_ptc(void) {}
FROND_PUBLIC void __release_ptc(void) {}

FROND_PUBLIC bool _emscripten_yield(double now) {
    (void)now;
    frond_yield();
    return false;
}
FROND_PUBLIC void emscripten_main_thread_process_queued_calls(void) {}
FROND_PUBLIC void emscripten_current_thread_process_queued_calls(void) {}
FROND_PUBLIC int emscripten_futex_wait(volatile void *address, uint32_t value, double ms) {
    (void)address, (void)value, (void)ms;
    return -38;  // -ENOSYS: nothing here waits on addresses
}
FROND_PUBLIC int emscripten_futex_wake(volatile void *address, int count) {
    (void)address, (void)count;
    return 0;
}
