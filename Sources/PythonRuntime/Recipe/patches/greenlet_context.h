#ifndef GREENLET_CONTEXT_H
#define GREENLET_CONTEXT_H
/*
 * What a platform supplies that gives each greenlet a native stack of its own
 * (GREENLET_SEPARATE_STACKS). Included only by greenlet.cpp.
 *
 *  greenlet_context* greenlet_context_new(entry, arg)
 *      A stack on which entry(arg) runs when it is first switched to. Null if
 *      there can be none; greenlet_context_new_failed_reason() then says why.
 *      ``entry`` returns the context to go on with.
 *  greenlet_context* greenlet_context_current()
 *      The running one, for a thread's first stack too.
 *  int greenlet_context_switch(greenlet_context* to)
 *      Goes on with ``to``; returns 0 when something switches back.
 *  void greenlet_context_free(greenlet_context*)
 *      Ends one that is not running. Its frames are not unwound.
 *  int greenlet_context_can_switch()
 *      May we leave the running stack? If not,
 *      greenlet_context_cannot_switch_reason() is the message.
 *  void greenlet_context_bounds(context, void** base, size_t* size)
 *      Its stack, as PyUnstable_ThreadState_SetStackProtection() wants it.
 *  size_t greenlet_context_parked_bytes(context)
 *      How much of its stack is in use; 0 if it is running.
 *
 * GREENLET_COOPERATIVE_THREADS is 1 if threads, too, are scheduled above the
 * native code, so that ``thread_local`` does not work. Then:
 *  int greenlet_context_thread_local(void* variable, size_t size, void (*destroy)())
 *      Makes ``variable`` one for each thread, with its present value to start
 *      with. 0 if that worked.
 */
#include <stddef.h>

#if defined(__EMSCRIPTEN__)
/*
 * WebAssembly with JavaScript Promise Integration (JSPI), through Frond's
 * context shim, which is part of the main module. Its threads are cooperative.
 */
#    define GREENLET_COOPERATIVE_THREADS 1

extern "C" {
typedef struct frond_context greenlet_context;

greenlet_context* frond_context_create(greenlet_context* (*job)(void*), void* argument);
greenlet_context* frond_context_current(void);
void frond_context_switch(greenlet_context* to);
void frond_context_kill(greenlet_context* context);
int frond_context_can_switch(void);
void frond_context_bounds(const greenlet_context* context, void** base, size_t* size);
size_t frond_context_parked_bytes(const greenlet_context* context);
const char* frond_context_create_failed_reason(void);
int frond_thread_local(void* variable, size_t size, void (*destroy)(void));
}

#    define greenlet_context_new frond_context_create
#    define greenlet_context_new_failed_reason frond_context_create_failed_reason
#    define greenlet_context_current frond_context_current
#    define greenlet_context_free frond_context_kill
#    define greenlet_context_can_switch frond_context_can_switch
#    define greenlet_context_bounds frond_context_bounds
#    define greenlet_context_parked_bytes frond_context_parked_bytes
#    define greenlet_context_thread_local frond_thread_local

static inline int
greenlet_context_switch(greenlet_context* to)
{
    frond_context_switch(to);
    return 0;
}

static inline const char*
greenlet_context_cannot_switch_reason(void)
{
    return "cannot switch here: JavaScript frames are on the stack, "
           "and WebAssembly cannot suspend those";
}

#elif defined(GREENLET_USE_UCONTEXT)
/*
 * POSIX: the <ucontext.h> functions. Slower than copying stacks (each switch
 * is a system call); it exists to test GREENLET_SEPARATE_STACKS.
 */
#    define GREENLET_COOPERATIVE_THREADS 0

#    include <cxxabi.h>
#    include <stdint.h>
#    include <string.h>
#    include <sys/mman.h>
#    include <ucontext.h>

namespace greenlet_ucontext {

struct context {
    ucontext_t machine;
    char* stack = nullptr; // null: the stack that a thread was started on
    size_t size = 0;
    char* parked_at = nullptr;
    context* (*entry)(void*) = nullptr;
    void* arg = nullptr;
    context* next = nullptr; // in a thread's pool
};

static const size_t STACK_SIZE = 1024 * 1024;
static const int POOL_LIMIT = 16;

static void
free_context(context* c)
{
    munmap(c->stack, c->size);
    delete c;
}

// One for each thread: what runs, and stacks to use again.
struct thread {
    context main;
    context* current = &main;
    context* pool = nullptr;
    int pooled = 0;
    context* finished = nullptr; // not pooled; freed by whoever runs next

    void reap()
    {
        if (context* c = this->finished) {
            this->finished = nullptr;
            free_context(c);
        }
    }

    ~thread()
    {
        this->reap();
        while (context* c = this->pool) {
            this->pool = c->next;
            free_context(c);
        }
    }
};

// A switch doesn't change the thread, but compilers believe that a
// thread_local's address stays the same within a function; so ask anew.
static thread thread_local this_thread;
static thread* __attribute__((noinline))
get_thread()
{
    return &this_thread;
}

// For tests: pretend that switching is illegal.
extern "C" {
__attribute__((visibility("default"), used)) int greenlet_context_forbidden = 0;
}
// For tests: how many can exist.
extern "C" {
__attribute__((visibility("default"), used)) int greenlet_context_limit = 100000;
}
extern "C" {
__attribute__((visibility("default"), used)) int greenlet_context_live = 0;
}

static int __attribute__((noinline))
switch_to(context* to)
{
    thread* t = get_thread();
    context* const from = t->current;
    from->parked_at = static_cast<char*>(__builtin_frame_address(0));
    // C++ exceptions that are being handled belong to the stack.
    struct { void* caught; unsigned uncaught; } exceptions;
    memcpy(&exceptions, abi::__cxa_get_globals(), sizeof exceptions);
    memset(abi::__cxa_get_globals(), 0, sizeof exceptions);
    t->current = to;
    const int result = swapcontext(&from->machine, &to->machine);
    memcpy(abi::__cxa_get_globals(), &exceptions, sizeof exceptions);
    get_thread()->reap();
    return result;
}

static void
run(unsigned low, unsigned high)
{
    context* const c = reinterpret_cast<context*>(
        (static_cast<uintptr_t>(high) << 32) | low);
    for (;;) { // a pooled context runs one greenlet after another
        get_thread()->reap();
        context* const to = c->entry(c->arg);
        thread* t = get_thread();
        greenlet_context_live--;
        if (t->pooled < POOL_LIMIT) {
            c->next = t->pool;
            t->pool = c;
            t->pooled++;
        }
        else {
            t->finished = c;
        }
        switch_to(to);
    }
}

static context*
new_context(context* (*entry)(void*), void* arg)
{
    thread* t = get_thread();
    t->reap();
    if (greenlet_context_live >= greenlet_context_limit) {
        return nullptr;
    }
    context* c = t->pool;
    if (c) {
        t->pool = c->next;
        t->pooled--;
    }
    else {
        c = new context;
        c->size = STACK_SIZE;
        void* memory = mmap(nullptr, c->size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) {
            delete c;
            return nullptr;
        }
        c->stack = static_cast<char*>(memory);
        getcontext(&c->machine);
        c->machine.uc_stack.ss_sp = c->stack;
        c->machine.uc_stack.ss_size = c->size;
        c->machine.uc_link = nullptr;
        const uintptr_t p = reinterpret_cast<uintptr_t>(c);
        makecontext(&c->machine, reinterpret_cast<void (*)()>(run), 2,
                    static_cast<unsigned>(p), static_cast<unsigned>(p >> 32));
    }
    c->parked_at = c->stack + c->size;
    c->entry = entry;
    c->arg = arg;
    greenlet_context_live++;
    return c;
}

} // namespace greenlet_ucontext

typedef greenlet_ucontext::context greenlet_context;

static inline greenlet_context*
greenlet_context_new(greenlet_context* (*entry)(void*), void* arg)
{
    return greenlet_ucontext::new_context(entry, arg);
}

static inline const char*
greenlet_context_new_failed_reason(void)
{
    return "no native stack for another greenlet";
}

static inline greenlet_context*
greenlet_context_current(void)
{
    return greenlet_ucontext::get_thread()->current;
}

static inline int
greenlet_context_switch(greenlet_context* to)
{
    return greenlet_ucontext::switch_to(to);
}

static inline void
greenlet_context_free(greenlet_context* context)
{
    greenlet_ucontext::greenlet_context_live--;
    greenlet_ucontext::free_context(context);
}

static inline int
greenlet_context_can_switch(void)
{
    return !greenlet_ucontext::greenlet_context_forbidden;
}

static inline const char*
greenlet_context_cannot_switch_reason(void)
{
    return "cannot switch here: forbidden by a test";
}

static inline void
greenlet_context_bounds(const greenlet_context* context, void** base, size_t* size)
{
    *base = context->stack;
    *size = context->size;
}

static inline size_t
greenlet_context_parked_bytes(const greenlet_context* context)
{
    if (context == greenlet_context_current()) {
        return 0;
    }
    // Where a thread's first stack begins is not known; that it is in use is.
    return context->stack ? context->stack + context->size - context->parked_at : 1;
}

#endif
#endif
