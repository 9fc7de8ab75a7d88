// Variables that would be thread-local.
//
// Without threads in the engine, `_Thread_local` is an ordinary global. So the scheduler saves and restores, at every
// change of thread, each variable that is registered here. What the shim defines itself (errno, signal masks, locale)
// lies in the thread or in the context and needs no copying.
#ifndef FROND_THREAD_LOCAL_H
#define FROND_THREAD_LOCAL_H

#include "scheduler.h"

/// Registers `size` bytes at `address`. What they hold now is what a new thread starts with; `destroy` (may be null) is
/// called by an ending thread, while its own value is in place. 0, or ENOMEM.
FROND_DECLARED int frond_thread_local(void *address, size_t size, void (*destroy)(void));

FROND_INTERNAL void frond_locals_initialise(void);
FROND_INTERNAL void frond_locals_save(frond_thread *thread);
FROND_INTERNAL void frond_locals_restore(frond_thread *thread);
/// Memory for the images of a new thread; the thread starts with the initial ones.
FROND_INTERNAL bool frond_locals_create(frond_thread *thread);
FROND_INTERNAL void frond_locals_destroy(frond_thread *thread);

#endif
