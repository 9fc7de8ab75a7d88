// Contexts over the host's stacks.
//
// Life of a context, and what the host sees of it:
//
//     create          FRESH                      nothing
//     first switch    FRESH → LIVE               starts frond_context_entry(id) on a stack of its own
//     switch away     LIVE, parked               switch(id, other): the promise of this stack waits
//     job returns     LIVE → POOLED              switch(id, next): parked at the bottom of the stack
//     next job        POOLED → LIVE              resumed; frond_context_entry goes round its loop
//     pool is full    LIVE → FRESH (retired)     frond_context_entry returns the id to go on with; the id is free
//     killed          LIVE → FRESH               resumed with 1: traps before it touches memory, the host swallows that
//
// The shadow stack pointer lives in a wasm local across the suspension; nothing is copied, and nothing is allocated.
#include "context.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "host.h"
#include "stack_sizes.h"
#include "scheduler.h"

frond_context frond_main_context = {.state = FROND_CONTEXT_LIVE, .thread = &frond_main_thread};
frond_context *frond_running = &frond_main_context;
FROND_PUBLIC frond_context_counters frond_context_counts;

static frond_context **table;  // by id; table[0] is the main context
static int used = 1, capacity;
static frond_context *pool;                          // POOLED, last finished first: its pages are warm
static frond_context *retired, **retired_end = &retired;  // FRESH without a stack, oldest first
static frond_context *doomed;                        // abandoned: killed by whoever runs next
static char *unused_stack;                           // of the context that retired last; see `retire`
static int pool_limit = -1, cap;

static void ask_host(void) {
    if (pool_limit >= 0) return;
    pool_limit = frond_host_pool();
    cap = frond_host_cap();
}

static void free_unused_stack(void) {
    free(unused_stack);
    unused_stack = NULL;
}

static void retire(frond_context *context) {
    context->state = FROND_CONTEXT_FRESH;
    context->stack = NULL;
    context->next = NULL;
    *retired_end = context;
    retired_end = &context->next;
    frond_context_counts.live--;
}

static void put_in_pool(frond_context *context) {
    context->state = FROND_CONTEXT_POOLED;
    context->next = pool;
    pool = context;
    frond_context_counts.pooled++;
}

static frond_context *new_context(void) {
    if (used >= capacity) {
        int room = capacity ? capacity * 2 : 256;
        frond_context **larger = realloc(table, (size_t)room * sizeof *larger);
        if (!larger) return NULL;
        table = larger;
        capacity = room;
        table[0] = &frond_main_context;
    }
    frond_context *context = calloc(1, sizeof *context);
    if (!context) return NULL;
    context->id = used;
    table[used++] = context;
    return context;
}

static frond_context *take_fresh(void) {
    frond_context *context = retired;
    if (!context && !(context = new_context())) return NULL;
    char *stack = aligned_alloc(16, FROND_CONTEXT_STACK);
    if (!stack) {
        if (!retired) {  // it is new: keep it for later
            context->next = NULL;
            *retired_end = context;
            retired_end = &context->next;
        }
        return NULL;
    }
    if (context == retired) {
        retired = context->next;
        if (!retired) retired_end = &retired;
    }
    context->stack = stack;
    context->stack_size = FROND_CONTEXT_STACK;
    context->parked_at = stack + FROND_CONTEXT_STACK;
    frond_context_counts.fresh++;
    frond_context_counts.live++;
    if (frond_context_counts.live > frond_context_counts.most_live)
        frond_context_counts.most_live = frond_context_counts.live;
    return context;
}

FROND_PUBLIC frond_context *frond_context_create(frond_job job, void *argument) {
    ask_host();
    frond_context_reap();
    frond_context *context = pool;
    if (context) {
        pool = context->next;
        frond_context_counts.pooled--;
        context->state = FROND_CONTEXT_LIVE;
    } else {
        if (frond_context_counts.live >= cap) {
            errno = EAGAIN;
            return NULL;
        }
        free_unused_stack();
        context = take_fresh();
        if (!context) {
            errno = ENOMEM;
            return NULL;
        }
    }
    context->job = job;
    context->argument = argument;
    context->begun = false;
    context->thread = frond_self;
    context->exceptions[0] = context->exceptions[1] = NULL;
    frond_context_counts.created++;
    frond_trace(FROND_TRACE_CREATE, context->id, frond_running->id);
    return context;
}

FROND_PUBLIC const char *frond_context_create_failed_reason(void) {
    static char reason[96];
    if (errno == ENOMEM) return "no memory for the stack of another greenlet";
    snprintf(reason, sizeof reason, "cannot start another greenlet or thread: %ld exist already", frond_context_counts.live);
    return reason;
}

/// Where every context comes back to life.
static inline void arrive(frond_context *me) {
    frond_running = me;
    frond_self = me->thread;
    if (__builtin_expect(doomed != NULL, 0)) frond_context_reap();
}

FROND_NOINLINE void frond_context_park(frond_context *to, double wait_ms) {
    frond_context *me = frond_running;
    char *stack_pointer = frond_stack_pointer();
    me->parked_at = stack_pointer;
    frond_context_counts.switches++;
    if (frond_host_switch(me->id, to ? to->id : -1, wait_ms)) __builtin_trap();  // killed: touch nothing
    frond_set_stack_pointer(stack_pointer);
    arrive(me);
}

FROND_PUBLIC void frond_context_switch(frond_context *to) {
    if (to == frond_running) return;
    frond_self->context = to;
    frond_trace(FROND_TRACE_SWITCH, frond_running->id, to->id);
    frond_context_park(to, 0);
}

FROND_PUBLIC frond_context *frond_context_current(void) {
    return frond_running;
}

frond_context *frond_context_by_id(int id) {
    return table[id];
}

FROND_PUBLIC int frond_context_can_switch(void) {
    return frond_host_depth == 0;
}

FROND_PUBLIC void frond_context_bounds(const frond_context *context, void **base, size_t *size) {
    *base = context->stack;
    *size = context->stack_size;
}

FROND_PUBLIC size_t frond_context_parked_bytes(const frond_context *context) {
    if (context == frond_running || !context->stack || context->state != FROND_CONTEXT_LIVE) return 0;
    return (size_t)(context->stack + context->stack_size - context->parked_at);
}

FROND_PUBLIC void frond_context_kill(frond_context *context) {
    if (!context->begun && context->state == FROND_CONTEXT_LIVE) {
        put_in_pool(context);  // at the bottom of its stack still
        return;
    }
    if (context->state == FROND_CONTEXT_LIVE) {
        frond_trace(FROND_TRACE_KILL, context->id, frond_running->id);
        frond_host_kill(context->id);
        frond_context_counts.killed++;
    }
    free(context->stack);
    retire(context);
}

void frond_context_reap(void) {
    frond_context *context = doomed;
    if (!context || context == frond_running) return;
    doomed = NULL;
    frond_context_kill(context);
}

void frond_context_abandon(frond_context *to) {
    frond_context_reap();
    doomed = frond_running;
    frond_context_park(to, frond_wait_ms());
    abort();  // killed before it could get here
}

/// One round of the entry: runs the job, then says where to go on. False when the context retires.
static FROND_NOINLINE bool run_job(frond_context *me, int *next) {
    arrive(me);
    me->begun = true;
    frond_context *to = me->job(me->argument);
    frond_self = &frond_main_thread;  // a thread that has ended may be gone by now
    if (!to) to = frond_scheduler_pick();
    frond_trace(FROND_TRACE_FINISH, me->id, to ? to->id : -1);
    if (to) to->thread->context = to;
    if (frond_context_counts.pooled >= pool_limit) {
        *next = to ? to->id : -1;
        // This stack is still under our feet: the next one to need memory for a stack frees it.
        free_unused_stack();
        unused_stack = me->stack;
        retire(me);
        return false;
    }
    put_in_pool(me);
    frond_context_park(to, frond_wait_ms());
    return true;
}

/// Body of context `id`, on a fresh stack of the engine's. Returns only when the context retires.
FROND_EXPORT("frond_context_entry") int frond_context_entry(int id) {
    frond_context *me = table[id];
    frond_set_stack_pointer(me->stack + me->stack_size);
    me->state = FROND_CONTEXT_LIVE;
    int next;
    while (run_job(me, &next)) {}
    // The host may call us while nothing runs; the main stack is parked and stays, this one does not.
    frond_set_stack_pointer(frond_main_context.parked_at);
    return next;
}

// libc++abi keeps the exceptions that are being handled in one place for each thread; here they belong to the stack.
FROND_PUBLIC void *__cxa_get_globals(void) {
    return frond_running->exceptions;
}
FROND_PUBLIC void *__cxa_get_globals_fast(void) {
    return frond_running->exceptions;
}
