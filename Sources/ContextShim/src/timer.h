// Timers in a binary heap: the next one at the top, insertion and removal O(log n), no allocation but in `reserve`.
//
//     heap: [10, 20, 15]   remove 10 → [15, 20]
#ifndef FROND_TIMER_H
#define FROND_TIMER_H

#include "port.h"

typedef struct frond_timer frond_timer;
struct frond_timer {
    double deadline;  // milliseconds of frond_host_now
    int position;     // in the heap, from 1; 0 = not running
    void (*fire)(frond_timer *timer);
};

#define FROND_NEVER 1e300

/// Room for `count` timers in all; false when there is no memory.
FROND_INTERNAL bool frond_timers_reserve(int count);
FROND_INTERNAL void frond_timer_start(frond_timer *timer, double deadline);
FROND_INTERNAL void frond_timer_stop(frond_timer *timer);
/// Fires, in order, every timer that is due at `now`.
FROND_INTERNAL void frond_timers_expire(double now);
/// FROND_NEVER when none runs.
FROND_INTERNAL double frond_timers_next(void);

#endif
