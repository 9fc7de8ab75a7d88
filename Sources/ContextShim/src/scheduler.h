// The scheduler: threads, cooperatively, over contexts.
//
// A thread is what the scheduler picks; it has one current context, and state that belongs to it alone (errno, the
// variables registered in thread_local.h, the signal mask). When any context of a thread blocks, the thread parks, and it
// is that context which is suspended and resumed.
//
//     park(queue, deadline)                       in words
//     1. take host events, expire timers          both make threads ready
//     2. next = head of the run queue             first come, first served
//     3. next is the caller: return               no suspension
//     4. save thread-locals; switch(me, next)     or idle, when nobody is ready
//     5. resumed: restore thread-locals           the reason says why: woken, timed out, interrupted
//
// Nothing here knows descriptors or locks: a wait queue is a list of threads, an event is a thread's number.
#ifndef FROND_SCHEDULER_H
#define FROND_SCHEDULER_H

#include <signal.h>

#include "context.h"
#include "host.h"
#include "stack_sizes.h"
#include "timer.h"

typedef struct frond_thread frond_thread;

/// Threads that wait for one thing, first come first.
typedef struct {
    frond_thread *head, *tail;
} frond_queue;

/// What a parked thread waits for: for `frond_describe` and the trace, and to know whether a signal gets it out.
/// `Templates/trace/timeline.html` has the same list.
typedef enum {
    FROND_WAIT_NOTHING,
    FROND_WAIT_MUTEX,
    FROND_WAIT_CONDITION,
    FROND_WAIT_SEMAPHORE,
    FROND_WAIT_RWLOCK,
    FROND_WAIT_BARRIER,
    FROND_WAIT_ONCE,
    FROND_WAIT_JOIN,
    FROND_WAIT_SLEEP,
    FROND_WAIT_DESCRIPTOR,
    FROND_WAIT_POLL,
    FROND_WAIT_CHILD,
    FROND_WAIT_SIGNAL,
    FROND_WAIT_FOREVER
} frond_wait_kind;

struct __ptcb;  // musl's: a pthread_cleanup handler
struct frond_thread_destructor;

struct frond_thread {
    char musl[256];  // what libc takes for its `struct pthread`: first, and zero
    int id;          // index in the thread table; 0 = main
    char name[16];
    frond_context *context;  // runs, or is parked
    // The wait.
    frond_queue *queue;
    frond_thread *next, *previous;
    unsigned long long place;  // in a queue, threads are in the order of their places
    const frond_queue *left;   // where it waited last until the time was over; only compared
    frond_timer timer;
    int reason;  // 0, ETIMEDOUT or EINTR
    frond_wait_kind waits_for;
    int subject;  // for FROND_WAIT_DESCRIPTOR and _CHILD the descriptor (-1 = a child), for FROND_WAIT_JOIN the thread
    double waits_since;
    // What would be thread-local.
    int error, host_error;
    sigset_t signal_mask, signals_pending;
    char *locals;      // saved images of the registered variables
    int locals_count;  // how many of them are in it
    void *keys[FROND_KEYS];
    bool keys_used;
    struct frond_thread_destructor *destructors;
    struct __ptcb *cleanups;
    // The life.
    void *(*start)(void *);
    void *argument, *result;
    bool detached, finished;
    frond_queue joiners;
};

FROND_INTERNAL extern frond_thread frond_main_thread;
/// The running thread.
FROND_INTERNAL extern frond_thread *frond_self;
/// By id; a slot is null once its thread is gone.
FROND_INTERNAL extern frond_thread **frond_threads;
FROND_INTERNAL extern int frond_threads_used;
/// How many host frames are below the running wasm frames. The host counts; `park` refuses while it is not zero.
extern int frond_host_depth;

/// Adds `thread` (zeroed but for its context) to the table. False when there is no memory.
FROND_INTERNAL bool frond_thread_add(frond_thread *thread);
FROND_INTERNAL void frond_thread_remove(frond_thread *thread);

/// Waits on `queue` (may be null) until woken or `deadline`. 0, ETIMEDOUT; EINTR if a signal came and `kind` is a wait
/// that signals interrupt; EDEADLK where suspending is illegal.
FROND_INTERNAL int frond_park(frond_queue *queue, double deadline, frond_wait_kind kind);
/// The same, at the head of the queue: for one that was woken and found its lock taken again.
FROND_INTERNAL int frond_park_first(frond_queue *queue, double deadline, frond_wait_kind kind);
FROND_INTERNAL void frond_wake(frond_thread *thread, int reason);
/// Wakes the thread that waits longest; false when none does.
FROND_INTERNAL bool frond_wake_first(frond_queue *queue);
/// Tells the C runtime where the stack of `thread` lies.
FROND_INTERNAL void frond_set_limits(frond_thread *thread);
/// Lets the other ready threads run.
FROND_INTERNAL void frond_yield(void);
/// frond_yield, at most once a millisecond: for calls that a loop makes again and again and that are always ready at once.
FROND_INTERNAL void frond_give_way(void);
/// Lets the host's event loop take a turn, and whoever got ready.
FROND_INTERNAL void frond_yield_to_host(void);
/// Takes the next ready thread out of the run queue and answers its context; null when none is ready.
FROND_INTERNAL frond_context *frond_scheduler_pick(void);
/// Events, timers, fairness, signals: called now and then by programs that compute. Answers what time it is, ms.
FROND_INTERNAL double frond_check(void);
/// When `frond_check` is due: counted down by the interpreter's loop.
FROND_INTERNAL extern int *frond_check_countdown;

/// Milliseconds, sampled now.
FROND_INTERNAL double frond_now(void);
/// Until the next timer; -1 = none.
double frond_wait_ms(void);

enum { FROND_TRACE_CREATE, FROND_TRACE_SWITCH, FROND_TRACE_FINISH, FROND_TRACE_KILL, FROND_TRACE_PARK, FROND_TRACE_WAKE, FROND_TRACE_WAIT };
extern int frond_trace_enabled;
static inline void frond_trace(int kind, int a, int b) {
    if (__builtin_expect(frond_trace_enabled, 0)) frond_host_trace(kind, a, b);
}

#endif
