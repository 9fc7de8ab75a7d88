// Contexts: the stackful coroutines that greenlets and threads are made of.
//
// A context is one wasm stack, known to the host by a small integer, and one shadow stack in linear memory. It runs one
// job after another; a job is a function that returns the context to go on with.
//
//     frond_context *there = frond_context_create(job, argument);   // nothing runs yet
//     frond_context_switch(there);                                  // runs job(argument) until it switches back
//
// Contexts belong to the thread that created them, and switching among the contexts of a thread does not go through the
// scheduler. The exported functions are the C API that greenlet's greenlet_context.h is written against.
#ifndef FROND_CONTEXT_H
#define FROND_CONTEXT_H

#include "port.h"

typedef struct frond_context frond_context;
struct frond_thread;

/// Body of a context. Returns the context to go on with; null means "whatever the scheduler says".
typedef frond_context *(*frond_job)(void *argument);

typedef enum {
    FROND_CONTEXT_FRESH,  // the host has no stack for it (never started, or retired)
    FROND_CONTEXT_LIVE,   // has a job; runs, is parked in the middle of it, or is pooled and about to get it
    FROND_CONTEXT_POOLED  // parked at the bottom of its stack, waiting for the next job
} frond_context_state;

struct frond_context {
    int id;
    frond_context_state state;
    char *stack;       // lowest address of the shadow stack
    size_t stack_size;
    char *parked_at;   // shadow stack pointer while parked
    frond_job job;
    void *argument;
    bool begun;        // the job was called
    struct frond_thread *thread;
    void *exceptions[2];  // __cxa_eh_globals: C++ exceptions that are being handled on this stack
    frond_context *next;  // in a free list
};

/// Null when there are as many contexts as the host allows, or no memory; errno says which (EAGAIN, ENOMEM).
FROND_DECLARED frond_context *frond_context_create(frond_job job, void *argument);
/// Why the last `frond_context_create` answered null, as a message for the user.
FROND_DECLARED const char *frond_context_create_failed_reason(void);
/// Runs `to` until something switches back to the calling context. Allocates nothing.
FROND_DECLARED void frond_context_switch(frond_context *to);
/// Ends a context that is parked, or was never switched to. Its frames are not unwound.
FROND_DECLARED void frond_context_kill(frond_context *context);
FROND_DECLARED frond_context *frond_context_current(void);
/// May the caller be parked? Not while the host's frames are below it on the stack.
FROND_DECLARED int frond_context_can_switch(void);
/// The part of the shadow stack that programs may use.
FROND_DECLARED void frond_context_bounds(const frond_context *context, void **base, size_t *size);
/// Bytes of the shadow stack that a parked context holds; 0 for the running one.
FROND_DECLARED size_t frond_context_parked_bytes(const frond_context *context);

typedef struct {
    long created, switches, killed, live, most_live, pooled, fresh;
} frond_context_counters;
FROND_DECLARED extern frond_context_counters frond_context_counts;

// --- for the scheduler ---

FROND_INTERNAL extern frond_context frond_main_context;
FROND_INTERNAL extern frond_context *frond_running;
/// Parks the running context and goes on with `to` (null = idle for `wait_ms`). The caller restores what is its thread's.
FROND_INTERNAL void frond_context_park(frond_context *to, double wait_ms);
/// Gives up the running context for good in the middle of its job: whoever runs next kills it.
FROND_INTERNAL _Noreturn void frond_context_abandon(frond_context *to);
FROND_INTERNAL void frond_context_reap(void);
FROND_INTERNAL frond_context *frond_context_by_id(int id);

#endif
