#include "thread_local.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *address;
    size_t size, offset;
    void (*destroy)(void);
} variable;

static variable *variables;
static int count, capacity;
static char *initial;  // the image that a new thread starts with
static size_t total;

/// A longer image: what is in `image`, then the initial values of the variables that were registered since.
static char *extended(char *image, int had) {
    char *longer = realloc(image, total ? total : 1);
    if (!longer) return NULL;
    for (int i = had; i < count; i++)
        memcpy(longer + variables[i].offset, initial + variables[i].offset, variables[i].size);
    return longer;
}

FROND_PUBLIC int frond_thread_local(void *address, size_t size, void (*destroy)(void)) {
    if (count == capacity) {
        int room = capacity ? capacity * 2 : 8;
        variable *larger = realloc(variables, (size_t)room * sizeof *larger);
        if (!larger) return ENOMEM;
        variables = larger;
        capacity = room;
    }
    size_t aligned = (size + 7) & ~(size_t)7;
    char *image = realloc(initial, total + aligned);
    if (!image) return ENOMEM;
    initial = image;
    memcpy(initial + total, address, size);
    variables[count++] = (variable){address, size, total, destroy};
    total += aligned;
    // Parked threads get room for it now, so that no switch allocates.
    for (int i = 0; i < frond_threads_used; i++) {
        frond_thread *thread = frond_threads[i];
        if (!thread) continue;
        char *longer = extended(thread->locals, thread->locals_count);
        if (!longer) {
            count--;
            total -= aligned;
            return ENOMEM;
        }
        thread->locals = longer;
        thread->locals_count = count;
    }
    return 0;
}

// Nearly every variable is one or two words: copy those in line.
static inline void copy(char *to, const char *from, size_t size) {
    if (size == sizeof(void *)) memcpy(to, from, sizeof(void *));
    else memcpy(to, from, size);
}

void frond_locals_save(frond_thread *thread) {
    for (int i = 0; i < count; i++)
        copy(thread->locals + variables[i].offset, variables[i].address, variables[i].size);
}

void frond_locals_restore(frond_thread *thread) {
    for (int i = 0; i < count; i++)
        copy(variables[i].address, thread->locals + variables[i].offset, variables[i].size);
}

bool frond_locals_create(frond_thread *thread) {
    thread->locals_count = count;
    thread->locals = malloc(total ? total : 1);
    if (thread->locals && total) memcpy(thread->locals, initial, total);
    return thread->locals != NULL;
}

void frond_locals_destroy(frond_thread *thread) {
    for (int i = count; i-- > 0;)
        if (variables[i].destroy) variables[i].destroy();
    (void)thread;
}
