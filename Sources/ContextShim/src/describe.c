// The report on a deadlock: one line for each thread and what it waits for.
//
//     main: waits for a thread to end
//     worker-1: waits for descriptor 7, at most 0.3 s more
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler.h"

static const char *const reasons[] = {
    [FROND_WAIT_NOTHING] = "ready to run",
    [FROND_WAIT_MUTEX] = "waits for a lock",
    [FROND_WAIT_CONDITION] = "waits for a condition",
    [FROND_WAIT_SEMAPHORE] = "waits for a lock or semaphore",
    [FROND_WAIT_RWLOCK] = "waits for a read-write lock",
    [FROND_WAIT_BARRIER] = "waits at a barrier",
    [FROND_WAIT_ONCE] = "waits for an initialisation in another thread",
    [FROND_WAIT_JOIN] = "waits for a thread to end",
    [FROND_WAIT_SLEEP] = "sleeps",
    [FROND_WAIT_DESCRIPTOR] = "waits for descriptor",
    [FROND_WAIT_POLL] = "polls descriptors",
    [FROND_WAIT_CHILD] = "waits for a child process",
    [FROND_WAIT_SIGNAL] = "waits for a signal",
    [FROND_WAIT_FOREVER] = "waits for a signal",
};

static int line(char *text, size_t room, const frond_thread *thread) {
    char who[32], which[16] = "";
    if (thread->name[0]) snprintf(who, sizeof who, "%s", thread->name);
    else snprintf(who, sizeof who, "thread %d", thread->id);
    if (thread->waits_for == FROND_WAIT_DESCRIPTOR) snprintf(which, sizeof which, " %d", thread->subject);
    if (thread->timer.position)
        return snprintf(
            text, room, "%s: %s%s, at most %.1f s more\n", who, reasons[thread->waits_for], which,
            (thread->timer.deadline - frond_now()) / 1e3);
    return snprintf(text, room, "%s: %s%s\n", who, reasons[thread->waits_for], which);
}

/// The report, valid until the next call. Truncated when there are very many threads.
FROND_EXPORT("frond_describe") const char *frond_describe(void) {
    static char report[8192];
    size_t length = 0;
    report[0] = 0;
    for (int i = 0; i < frond_threads_used; i++) {
        const frond_thread *thread = frond_threads[i];
        if (!thread || thread->finished) continue;
        if (sizeof report - length < 128) {
            snprintf(report + length, sizeof report - length, "…\n");
            break;
        }
        length += (size_t)line(report + length, sizeof report - length, thread);
    }
    return report;
}
