// A program for the glue's tests: contexts, a scheduler of a few lines, no libc.
//
// It is a whole Frond program (the exports and imports that docs/glue.md lists) and runs one of the cases below, named by
// argv[1], with the number argv[2]. Build: see ../build-programs.sh; the .wasm beside it is committed.

#include "program.h"

#define NOINLINE __attribute__((noinline))

IMPORT("frond", "kill") void host_kill(i32 id);
IMPORT("frond", "cap") i32 host_cap(void);
IMPORT("wasi_snapshot_preview1", "proc_exit") _Noreturn void proc_exit(i32 status);

// --- the stack pointer ---

static inline char *get_sp(void) {
    char *sp;
    __asm__ volatile("global.get __stack_pointer\n\tlocal.set %0" : "=r"(sp));
    return sp;
}

static inline void set_sp(char *sp) {
    __asm__ volatile("local.get %0\n\tglobal.set __stack_pointer" ::"r"(sp) : "memory");
}

// --- contexts: id = index; a finished one goes back to the free list and is started again from its loop ---

#define MOST 20000
#define STACK 4096

typedef struct context {
    char *stack;
    void (*body)(i32);
    i32 argument, parent, done, started;
    double deadline; // waiting for a timer: above 0
    i32 waiting;     // 1 ready, 2 timer, 3 event
} context;

static context all[MOST];
static i32 current, made = 1, spare[MOST], spares, live;
extern char __heap_base;

static char *grow_stack(i32 id) {
    u32 top = ((u32)&__heap_base + 15 & ~15u) + (u32)(id + 1) * STACK;
    u32 pages = (top + 65535) >> 16, have = __builtin_wasm_memory_size(0);
    if (pages > have && __builtin_wasm_memory_grow(0, pages - have + 64) == (u32)-1) return 0;
    return (char *)top;
}

static NOINLINE void switch_to(i32 next, double wait) {
    i32 me = current;
    char *sp = get_sp();
    if (host_switch(me, next, wait) == 1) __builtin_trap();
    set_sp(sp);
    current = me;
}

static i32 create(void (*body)(i32), i32 argument) {
    if (live >= host_cap()) return -1;
    i32 id = spares ? spare[--spares] : made++;
    context *c = &all[id];
    if (!c->stack && !(c->stack = grow_stack(id))) return -1;
    c->body = body, c->argument = argument, c->parent = current, c->done = 0, c->waiting = 0;
    live++;
    return id;
}

static NOINLINE i32 life(i32 id) {
    context *c = &all[id];
    for (;;) {
        current = id;
        c->body(c->argument);
        c->done = 1;
        live--;
        if (spares < 16) {
            spare[spares++] = id;
            switch_to(c->parent, 0);
        } else {
            c->started = 0;
            return c->parent;
        }
    }
}

EXPORT("frond_context_entry") i32 entry(i32 id) {
    set_sp(all[id].stack);
    all[id].started = 1;
    return life(id);
}

// --- idle: what the host asks ---

EXPORT("frond_next") i32 next_ready(void) {
    i32 thread;
    while ((thread = host_take_event()) >= 0)
        if (all[thread].waiting == 3) all[thread].waiting = 1;
    frond_events_pending = 0;
    double at = now();
    for (i32 id = 0; id < made; id++) {
        context *c = &all[id];
        if (c->waiting == 2 && c->deadline <= at) c->waiting = 1;
        if (c->waiting == 1) {
            c->waiting = 0;
            return id;
        }
    }
    return -1;
}

EXPORT("frond_wait_ms") double wait_ms(void) {
    double soonest = -1, at = now();
    for (i32 id = 0; id < made; id++)
        if (all[id].waiting == 1) {
            return 0;
        } else if (all[id].waiting == 2) {
            double ms = all[id].deadline > at ? all[id].deadline - at : 0;
            if (soonest < 0 || ms < soonest) soonest = ms;
        }
    return soonest;
}

static i32 signals;

EXPORT("frond_raise") void raise_signal(i32 signal) {
    signals = signal;
    if (all[0].waiting) all[0].waiting = 1;
}

EXPORT("frond_describe") const char *describe(void) {
    return "thread 1 (main): waits for the test";
}

EXPORT("malloc") void *allocate(u32 size) {
    static char block[65536];
    static u32 used;
    char *at = block + used;
    used += size + 15 & ~15u;
    return used > sizeof block ? 0 : at;
}

EXPORT("free") void release(void *at) {
    (void)at;
}

EXPORT("__wasm_call_ctors") void constructors(void) {}

static void park(i32 why, double deadline) {
    all[current].waiting = why;
    all[current].deadline = deadline;
    switch_to(-1, wait_ms());
}

// --- the cases ---

static i32 hits, other;

static void bounce(i32 n) {
    for (; n > 0; n--) {
        hits++;
        switch_to(all[current].parent, 0);
    }
}

static void once(i32 n) {
    hits += n != 0;
}

static void sleeper(i32 ms) {
    park(2, now() + ms);
    say("woke", ms);
    if (++hits == 3) all[0].waiting = 1;
    switch_to(-1, wait_ms());
}

static NOINLINE i32 deep(i32 depth, i32 seed) {
    volatile i32 kept[8];
    for (i32 i = 0; i < 8; i++) kept[i] = seed * 31 + depth * 7 + i;
    i32 below = 0;
    if (depth) below = deep(depth - 1, seed);
    else switch_to(all[current].parent, 0);
    for (i32 i = 0; i < 8; i++)
        if (kept[i] != seed * 31 + depth * 7 + i) __builtin_trap();
    return below + 1;
}

static void worker(i32 seed) {
    for (i32 round = 0; round < 5; round++) deep(5 + seed % 20, seed);
}

static void chain(i32 depth) {
    if (depth > 0) switch_to(create(chain, depth - 1), 0);
    hits++;
}

static void fail(i32 how) {
    if (how == 0) __builtin_trap();
    if (how == 1) proc_exit(42);
}

// Recursion that uses no memory: the engine's stack is what ends.
static volatile i32 bottom = -1;

static NOINLINE i32 recurse(i32 n) {
    return n == bottom ? 0 : recurse(n + 1) * 3 + n;
}

static void case_pingpong(i32 n) {
    i32 id = create(bounce, n + 1);
    hits = 0;
    double from = now();
    for (i32 i = 0; i < n; i++) switch_to(id, 0);
    double ns = (now() - from) * 1e6 / (2.0 * n);
    say("hits", hits);
    if (n >= 20000) say("picoseconds", (i64)(ns * 1000));
}

static void case_pool(i32 n) {
    double from = now();
    for (i32 i = 0; i < n; i++) switch_to(create(once, 1), 0);
    double ns = (now() - from) * 1e6 / n;
    say("hits", hits), say("made", made);
    if (n >= 20000) say("picoseconds", (i64)(ns * 1000));
}

static void case_parked(i32 n) {
    i32 refused = 0, parked = 0;
    for (i32 i = 0; i < n; i++) {
        i32 id = create(bounce, 1 << 30);
        if (id < 0) refused++;
        else switch_to(id, 0), parked++;
    }
    say("parked", parked), say("refused", refused);
    // Parked ones must not slow the others down beyond reason.
    double from = now();
    for (i32 i = 0; i < 10000; i++) switch_to(1, 0);
    say("picoseconds", (i64)((now() - from) * 1e9 / 20000));
    for (i32 id = 1; id <= parked; id++) host_kill(id);
    say("killed", parked);
}

static void case_kill(i32 n) {
    for (i32 i = 0; i < n; i++) {
        i32 id = create(bounce, 1 << 30);
        switch_to(id, 0);
        host_kill(id);
        live--;
        all[id].started = 0;
        spare[spares++] = id; // the id is used again at once
    }
    say("hits", hits), say("made", made);
}

static void case_stress(i32 n) {
    i32 total = 0;
    for (i32 i = 1; i <= n; i++) create(worker, i);
    for (i32 round = 0; round < 6; round++)
        for (i32 i = n - 1; i >= 0; i--) {
            i32 id = 1 + (u32)i * 7919u % n;
            if (!all[id].done) switch_to(id, 0), total++;
        }
    for (i32 id = 1; id <= n; id++)
        while (!all[id].done) switch_to(id, 0), total++;
    say("switches", total);
}

static void spin_forever(i32 n) {
    for (;;) switch_to(all[current].parent, 0);
}

static void case_starve(i32 ms) {
    // Two contexts keep each other busy; the event loop must get its turns all the same.
    i32 id = create(spin_forever, 0);
    double until = now() + ms;
    while (now() < until) switch_to(id, 0);
    say("busy", ms);
}

static void case_input(i32 n) {
    char buffer[256];
    span iov = {buffer, sizeof buffer - 1};
    u32 got = 0;
    for (;;) {
        i32 error = host_read(0, &iov, 1, &got);
        if (error == 6) {
            if (host_watch(0, 1, 0) != 1) park(3, 0);
            continue;
        }
        if (error || got == 0) break;
        buffer[got] = 0;
        put("read "), put(buffer);
    }
    put("end of input\n");
}

static void into_context(i32 how, void (*body)(i32)) {
    i32 id = create(body, how);
    put("before\n");
    switch_to(id, 0);
    put("unreachable\n");
}

static void overflow(i32 n) {
    say("unreachable", recurse(n));
}

EXPORT("frond_start") i32 start(void) {
    static u8 *argv[16], text[1024];
    u32 count, size;
    args_sizes_get(&count, &size);
    if (count > 16 || size > sizeof text) return 100;
    args_get(argv, text);
    const char *name = count > 1 ? (char *)argv[1] : "";
    i32 n = 0;
    for (u8 *at = count > 2 ? argv[2] : (u8 *)""; *at; at++) n = n * 10 + *at - '0';
    if (same(name, "pingpong")) case_pingpong(n);
    else if (same(name, "pool")) case_pool(n);
    else if (same(name, "parked")) case_parked(n);
    else if (same(name, "kill")) case_kill(n);
    else if (same(name, "stress")) case_stress(n);
    else if (same(name, "starve")) case_starve(n);
    else if (same(name, "input")) case_input(n);
    else if (same(name, "chain")) switch_to(create(chain, n), 0), say("hits", hits);
    else if (same(name, "sleep")) {
        for (i32 ms = 300; ms > 0; ms -= 100) {
            i32 id = create(sleeper, ms);
            all[id].waiting = 1;
        }
        park(3, 0);
        put("all woke\n");
    } else if (same(name, "trap")) into_context(0, fail);
    else if (same(name, "exit")) into_context(1, fail);
    else if (same(name, "exit-in-main")) proc_exit(43);
    else if (same(name, "overflow")) into_context(n, overflow);
    else if (same(name, "overflow-in-main")) overflow(n);
    else if (same(name, "deadlock")) park(3, 0);
    else if (same(name, "signal")) {
        put("waiting\n");
        park(2, now() + 10000);
        say("signal", signals);
    } else if (same(name, "status")) return n;
    else return 101;
    return 0;
}
