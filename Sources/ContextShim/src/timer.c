#include "timer.h"

#include <stdlib.h>

static frond_timer **heap;  // heap[1] is due first; heap[0] is not used
static int count, capacity;

bool frond_timers_reserve(int wanted) {
    if (wanted <= capacity) return true;
    int room = wanted < 32 ? 64 : wanted * 2;
    frond_timer **larger = realloc(heap, ((size_t)room + 1) * sizeof *larger);
    if (!larger) return false;
    heap = larger;
    capacity = room;
    return true;
}

static inline void place(frond_timer *timer, int position) {
    heap[position] = timer;
    timer->position = position;
}

static void rise(frond_timer *timer, int position) {
    while (position > 1 && heap[position / 2]->deadline > timer->deadline) {
        place(heap[position / 2], position);
        position /= 2;
    }
    place(timer, position);
}

static void sink(frond_timer *timer, int position) {
    for (int child; (child = position * 2) <= count; position = child) {
        if (child < count && heap[child + 1]->deadline < heap[child]->deadline) child++;
        if (heap[child]->deadline >= timer->deadline) break;
        place(heap[child], position);
    }
    place(timer, position);
}

void frond_timer_start(frond_timer *timer, double deadline) {
    if (timer->position) frond_timer_stop(timer);
    timer->deadline = deadline;
    if (deadline >= FROND_NEVER) return;
    if (count >= capacity && !frond_timers_reserve(count + 1)) abort();  // `reserve` was not asked for this one
    rise(timer, ++count);
}

void frond_timer_stop(frond_timer *timer) {
    int position = timer->position;
    if (!position) return;
    timer->position = 0;
    frond_timer *last = heap[count--];
    if (last == timer) return;
    if (position > 1 && heap[position / 2]->deadline > last->deadline) rise(last, position);
    else sink(last, position);
}

void frond_timers_expire(double now) {
    while (count && heap[1]->deadline <= now) {
        frond_timer *timer = heap[1];
        frond_timer_stop(timer);
        timer->fire(timer);
    }
}

double frond_timers_next(void) {
    return count ? heap[1]->deadline : FROND_NEVER;
}
