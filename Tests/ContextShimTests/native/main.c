#include <string.h>

#include "start.h"
#include "test.h"

static test *tests;
long test_allocations;

void test_register(test *test) {
    test->next = tests;
    tests = test;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size) {
    test_allocations++;
    return __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size) {
    test_allocations++;
    return __real_calloc(count, size);
}
void *__wrap_realloc(void *memory, size_t size) {
    test_allocations++;
    return __real_realloc(memory, size);
}
void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    test_allocations++;
    return __real_aligned_alloc(alignment, size);
}

int main(int count, char **arguments) {
    for (test *each = tests; each; each = each->next) {
        if (count < 2 || !strcmp(arguments[1], "--list")) {
            puts(each->name);
        } else if (!strcmp(arguments[1], each->name)) {
            each->run();
            return 0;
        }
    }
    return count > 1 && strcmp(arguments[1], "--list") ? 2 : 0;
}
