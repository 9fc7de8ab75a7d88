// The host's controls, and the harness: `program NAME` runs one test, `program --list` names them all.
#ifndef FROND_TEST_H
#define FROND_TEST_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

extern double test_now;  // milliseconds
extern int test_pool, test_cap, test_kills, test_host_turns, test_switches, test_watches;
extern int test_written[64], test_write_room;
extern long test_allocations;
extern jmp_buf test_deadlock;
extern bool test_expects_deadlock;
void test_ready_at(int fd, double ms);
void test_set_nonblocking(int fd, bool on);
const char *frond_describe(void);

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)
#define CHECK_EQUAL(a, b) \
    do { \
        long long one = (long long)(a), other = (long long)(b); \
        if (one != other) { \
            fprintf(stderr, "%s:%d: %s = %lld, but %s = %lld\n", __FILE__, __LINE__, #a, one, #b, other); \
            exit(1); \
        } \
    } while (0)

typedef struct test {
    const char *name;
    void (*run)(void);
    struct test *next;
} test;
void test_register(test *test);
#define TEST(name) \
    static void name(void); \
    static test name##_test = {#name, name, NULL}; \
    __attribute__((constructor)) static void name##_register(void) { \
        test_register(&name##_test); \
    } \
    static void name(void)

#endif
