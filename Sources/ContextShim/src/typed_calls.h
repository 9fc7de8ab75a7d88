// Calls of functions whose type is known only when the program runs, and functions made then: what libffi is built on.
//
// A type is a string, of its result and its parameters: `i` i32, `j` i64, `f` f32, `d` f64, and `v` for no result, so that `vij` takes
// an i32 and an i64. Arguments and results are cells of 8 bytes each.
#ifndef FROND_TYPED_CALLS_H
#define FROND_TYPED_CALLS_H

#include <stdbool.h>
#include <stdint.h>

/// Calls a function that has the type, or the same with no result or with an i32 for no result; without arguments (null) it only
/// looks whether it would. `result` is zero after a call that has none. Returns whether the function is of such a type.
bool _frond_call_typed(const char *type, void (*function)(void), const uint64_t *arguments, uint64_t *result);

/// A pointer that is no function yet; null when there is no memory.
void (*_frond_function_reserve(void))(void);
/// Makes it a function of a type, which calls `handler` with `data`, the cells of its arguments and that of its result, a zero.
/// Returns whether it could be made.
bool _frond_function_make(
    void (*function)(void), const char *type, void (*handler)(void *data, uint64_t *arguments, uint64_t *result), void *data);
/// Takes the pointer back.
void _frond_function_free(void (*function)(void));

#endif
