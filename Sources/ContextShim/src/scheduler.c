#include "scheduler.h"

#include <errno.h>
#include <stdlib.h>

#include "host.h"
#include "pthread_internal.h"
#include "signals.h"
#include "thread_local.h"

static void timed_out(frond_timer *timer);

frond_thread frond_main_thread = {
    .context = &frond_main_context, .name = "main", .timer.fire = timed_out, .subject = -1};
frond_thread *frond_self = &frond_main_thread;

static frond_thread *first_threads[1] = {&frond_main_thread};
frond_thread **frond_threads = first_threads;
int frond_threads_used = 1;
static int threads_capacity;

/// Set by the host, outside of wasm or in an import, when its event queue becomes non-empty.
FROND_PUBLIC int frond_events_pending;
FROND_PUBLIC int frond_host_depth;
FROND_PUBLIC int frond_trace_enabled;

static frond_queue ready;
static double now;  // the last sample of the clock

// --- queues ---

/// Puts a thread behind another one, or at the head.
static inline void insert(frond_queue *queue, frond_thread *before, frond_thread *thread) {
    thread->queue = queue;
    thread->previous = before;
    thread->next = before ? before->next : queue->head;
    if (before) before->next = thread;
    else queue->head = thread;
    if (thread->next) thread->next->previous = thread;
    else queue->tail = thread;
}

static inline void append(frond_queue *queue, frond_thread *thread) {
    insert(queue, queue->tail, thread);
}

static inline void prepend(frond_queue *queue, frond_thread *thread) {
    thread->place = 0;
    insert(queue, NULL, thread);
}

/// Joins the end of a queue; a thread that comes back because it lost patience takes the place that it had. Threads that
/// want the interpreter's lock give up every 5 ms and come back: at the end they might never get to the head.
static void take_place(frond_queue *queue, frond_thread *thread) {
    static unsigned long long last_place;
    if (thread->left != queue) thread->place = ++last_place;
    frond_thread *before = queue->tail;
    while (before && before->place > thread->place) before = before->previous;
    insert(queue, before, thread);
}

static inline void unlink_thread(frond_thread *thread) {
    frond_queue *queue = thread->queue;
    if (!queue) return;
    if (thread->previous) thread->previous->next = thread->next;
    else queue->head = thread->next;
    if (thread->next) thread->next->previous = thread->previous;
    else queue->tail = thread->previous;
    thread->queue = NULL;
}

// --- the table ---

static void timed_out(frond_timer *timer) {
    frond_thread *thread = (frond_thread *)((char *)timer - offsetof(frond_thread, timer));
    frond_wake(thread, ETIMEDOUT);
}

bool frond_thread_add(frond_thread *thread) {
    int id = 1;
    while (id < frond_threads_used && frond_threads[id]) id++;
    if (id >= threads_capacity) {
        int room = threads_capacity ? threads_capacity * 2 : 64;
        frond_thread **larger = malloc((size_t)room * sizeof *larger);
        if (!larger) return false;
        for (int i = 0; i < frond_threads_used; i++) larger[i] = frond_threads[i];
        if (frond_threads != first_threads) free(frond_threads);
        frond_threads = larger;
        threads_capacity = room;
    }
    // One timer for each thread, three for setitimer.
    if (!frond_timers_reserve(frond_threads_used + 4) || !frond_locals_create(thread)) return false;
    thread->id = id;
    thread->timer.fire = timed_out;
    thread->subject = -1;
    frond_threads[id] = thread;
    if (id == frond_threads_used) frond_threads_used++;
    append(&ready, thread);
    return true;
}

void frond_thread_remove(frond_thread *thread) {
    frond_threads[thread->id] = NULL;
    while (frond_threads_used > 1 && !frond_threads[frond_threads_used - 1]) frond_threads_used--;
    free(thread->locals);
    thread->locals = NULL;
}

static int running;  // threads besides main that did not finish

void frond_thread_started(void) {
    running++;
}

void frond_thread_finished(void) {
    running--;
    if (!running && frond_main_thread.waits_for == FROND_WAIT_FOREVER) frond_wake(&frond_main_thread, 0);
}

int frond_threads_running(void) {
    return running;
}

// --- waking ---

double frond_now(void) {
    return now = frond_host_now();
}

void frond_wake(frond_thread *thread, int reason) {
    if (thread->queue == &ready || thread->waits_for == FROND_WAIT_NOTHING) return;
    frond_trace(FROND_TRACE_WAKE, thread->id, reason);
    unlink_thread(thread);
    frond_timer_stop(&thread->timer);
    thread->reason = reason;
    thread->waits_for = FROND_WAIT_NOTHING;
    append(&ready, thread);
}

bool frond_wake_first(frond_queue *queue) {
    if (!queue->head) return false;
    frond_wake(queue->head, 0);
    return true;
}

static void take_events(void) {
    frond_events_pending = 0;
    for (int id; (id = frond_host_take_event()) >= 0;) {
        frond_thread *thread = id < frond_threads_used ? frond_threads[id] : NULL;
        // The thread may have got out by itself since (timeout, signal): then the event is stale.
        if (!thread) continue;
        if (thread->waits_for == FROND_WAIT_DESCRIPTOR || thread->waits_for == FROND_WAIT_POLL ||
            thread->waits_for == FROND_WAIT_CHILD)
            frond_wake(thread, 0);
    }
}

static frond_thread *take_ready(void) {
    // The clock is not free: while somebody is ready, the last sample will do for most switches.
    static unsigned switches;
    if (frond_events_pending) take_events();
    double next = frond_timers_next();
    if (next < FROND_NEVER) {
        if (!ready.head || (switches++ & 15) == 0) frond_now();
        if (next <= now) frond_timers_expire(now);
    }
    frond_thread *thread = ready.head;
    if (thread) unlink_thread(thread);
    return thread;
}

frond_context *frond_scheduler_pick(void) {
    frond_thread *thread = take_ready();
    return thread ? thread->context : NULL;
}

FROND_EXPORT("frond_wait_ms") double frond_wait_ms(void) {
    double next = frond_timers_next();
    if (next >= FROND_NEVER) return -1;
    double wait = next - frond_now();
    return wait > 0 ? wait : 0;
}

/// Called by the host, and only while it idles: the context to go on with, or -1.
FROND_EXPORT("frond_next") int frond_next(void) {
    frond_context_reap();
    if (frond_timers_next() < FROND_NEVER) frond_now();
    frond_context *context = frond_scheduler_pick();
    return context ? context->id : -1;
}

// --- parking ---

/// Saves what is the caller's, runs the others, restores.
static FROND_NOINLINE void switch_threads(frond_context *to, double wait_ms) {
    frond_thread *me = frond_self;
    frond_trace(FROND_TRACE_PARK, me->id, to ? to->thread->id : -1);
    frond_locals_save(me);
    frond_context_park(to, wait_ms);
    frond_locals_restore(me);
    frond_set_limits(me);
}

#ifdef __wasm__
void emscripten_stack_set_limits(void *base, void *end);
void frond_set_limits(frond_thread *thread) {
    // CPython asks for them when a thread attaches for the first time.
    frond_context *context = thread->context;
    emscripten_stack_set_limits(context->stack + context->stack_size, context->stack);
}
#else
void frond_set_limits(frond_thread *thread) {
    (void)thread;
}
#endif

static int wait_here(frond_thread *me, double deadline, frond_wait_kind kind) {
    me->reason = 0;
    me->waits_for = kind;
    frond_timer_start(&me->timer, deadline);
    frond_thread *next = take_ready();
    if (next == me) return me->reason;
    frond_trace(FROND_TRACE_WAIT, kind, me->subject);
    if (next) switch_threads(next->context, 0);
    else switch_threads(NULL, frond_wait_ms());
    if (__builtin_expect(frond_signals_pending, 0)) frond_signals_deliver();
    return me->reason;
}

int frond_park(frond_queue *queue, double deadline, frond_wait_kind kind) {
    if (frond_host_depth) return EDEADLK;
    if (frond_signals_interrupt(kind)) return EINTR;
    frond_thread *me = frond_self;
    if (!queue) return wait_here(me, deadline, kind);
    take_place(queue, me);
    int reason = wait_here(me, deadline, kind);
    if (reason == ETIMEDOUT) me->left = queue;
    else if (me->left == queue) me->left = NULL;
    return reason;
}

int frond_park_first(frond_queue *queue, double deadline, frond_wait_kind kind) {
    if (frond_host_depth) return EDEADLK;
    if (queue) prepend(queue, frond_self);
    return wait_here(frond_self, deadline, kind);
}

void frond_yield(void) {
    if (frond_host_depth) return;
    if (!ready.head && !frond_events_pending && frond_timers_next() >= FROND_NEVER) return;
    append(&ready, frond_self);
    frond_thread *next = take_ready();
    if (next == frond_self) return;
    switch_threads(next->context, 0);
}

void frond_yield_to_host(void) {
    if (frond_host_depth) return;
    append(&ready, frond_self);
    switch_threads(NULL, 0);
}

// --- fairness ---
//
// Programs that compute call `frond_check` through the interpreter's eval loop. The countdown adapts so that the clock is
// looked at about every half millisecond; the host's event loop gets a turn every 20 ms, or its timers, input and
// messages would wait as long as Python does not. The countdown is a little different each time: else it could fall in step
// with a loop of the program, and threads would always change at the same place in it.

#define CHECK_PERIOD_MS 0.5
#define YIELD_PERIOD_MS 1.0
#define HOST_PERIOD_MS 20.0

static int no_countdown;
int *frond_check_countdown = &no_countdown;
static int interval = 200;
static double checked_at, yielded_at, host_turn_at;

double frond_check(void) {
    double before = checked_at;
    checked_at = frond_now();
    double elapsed = checked_at - before;
    if (elapsed < CHECK_PERIOD_MS / 2 && interval < 20000) interval += interval / 2 + 1;
    else if (elapsed > CHECK_PERIOD_MS * 2 && interval > 1) interval = interval / 2;
    static unsigned varied;
    varied = varied * 1664525 + 1013904223;
    *frond_check_countdown = interval + (int)((varied >> 16) % (unsigned)(interval / 4 + 1));

    if (frond_events_pending) take_events();
    frond_timers_expire(checked_at);
    if (__builtin_expect(frond_signals_pending, 0)) frond_signals_deliver();
    if (frond_host_depth) return checked_at;
    if (checked_at - host_turn_at >= HOST_PERIOD_MS) {
        frond_yield_to_host();
        host_turn_at = yielded_at = checked_at = frond_now();
    } else if (ready.head && checked_at - yielded_at >= YIELD_PERIOD_MS) {
        frond_yield();
        yielded_at = checked_at = frond_now();
    }
    return checked_at;
}

void frond_give_way(void) {
    if (frond_host_depth) return;
    if (!ready.head && !frond_events_pending && frond_timers_next() >= FROND_NEVER) return;
    double now = frond_now();
    if (now - yielded_at < YIELD_PERIOD_MS) return;
    yielded_at = now;
    frond_timers_expire(now);
    frond_yield();
}
