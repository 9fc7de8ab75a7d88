// What the pthread files share.
#ifndef FROND_PTHREAD_INTERNAL_H
#define FROND_PTHREAD_INTERNAL_H

#include <time.h>

#include "scheduler.h"

/// The deadline, on the scheduler's clock, that `until` means on `clock`.
FROND_INTERNAL double frond_deadline(clockid_t clock, const struct timespec *until);
FROND_INTERNAL void frond_run_key_destructors(frond_thread *thread);
FROND_INTERNAL void frond_run_destructors(frond_thread *thread);
FROND_INTERNAL void frond_run_cleanups(frond_thread *thread);

FROND_INTERNAL void frond_thread_started(void);
FROND_INTERNAL void frond_thread_finished(void);
FROND_INTERNAL int frond_threads_running(void);

#endif
