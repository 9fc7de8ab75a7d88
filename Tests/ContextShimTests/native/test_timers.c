#include "test.h"
#include "timer.h"

static double last;
static int fired;
static void note(frond_timer *timer) {
    CHECK(timer->deadline >= last);
    last = timer->deadline;
    fired++;
}

TEST(timers_fire_in_order) {
    enum { COUNT = 1000 };
    static frond_timer timers[COUNT];
    CHECK(frond_timers_reserve(COUNT));
    unsigned random = 1;
    int removed = 0;
    for (int i = 0; i < COUNT; i++) {
        timers[i].fire = note;
        random = random * 1103515245 + 12345;
        frond_timer_start(&timers[i], (random >> 8) % 500);
    }
    for (int i = 0; i < COUNT; i += 3, removed++) frond_timer_stop(&timers[i]);
    frond_timer_stop(&timers[0]);  // a second time: nothing
    frond_timers_expire(250);
    CHECK(fired > 0 && last <= 250 && frond_timers_next() > 250);
    frond_timers_expire(1000);
    CHECK_EQUAL(fired, COUNT - removed);
    CHECK(frond_timers_next() == FROND_NEVER);
}

static int rounds;
static void again(frond_timer *timer) {
    if (++rounds < 5) frond_timer_start(timer, timer->deadline + 10);
}

TEST(a_timer_may_start_itself_anew) {
    frond_timer timer = {.fire = again};
    CHECK(frond_timers_reserve(1));
    frond_timer_start(&timer, 10);
    frond_timer_start(&timer, 20);  // moves it
    frond_timers_expire(20);
    CHECK_EQUAL(rounds, 1);
    CHECK_EQUAL(frond_timers_next(), 30);
    frond_timers_expire(100);
    CHECK_EQUAL(rounds, 5);
}
