// Blocking system calls: try, watch, park, try again.
//
//     for (;;) {
//         result = the call, as a plain import                    // the usual way out: nothing suspends
//         if (result is not "would block") return result
//         if (the descriptor is non-blocking) return EAGAIN
//         if ((error = frond_wait_for(fd, POLLIN))) return error  // EINTR, or EDEADLK where suspending is illegal
//     }
#ifndef FROND_BLOCKING_H
#define FROND_BLOCKING_H

#include "scheduler.h"

/// Parks until `fd` is ready for `events`. 0 (try again), EINTR, EDEADLK, ETIMEDOUT, or what the host has against
/// watching it.
FROND_INTERNAL int frond_wait_for(int fd, int events, double deadline, frond_wait_kind kind);
/// The same for a call on `fd` that would block: EAGAIN when the descriptor is non-blocking.
FROND_INTERNAL int frond_wait_or_give_up(int fd, int events);

#endif
