// Calls a function through a pointer of the wrong type, as CPython's method tables do: `METH_NOARGS` functions that take no
// argument, getters without a closure. On wasm the call would trap, so the type is looked up first (`ref.test`, of the
// garbage-collection proposal: every engine with JSPI has it). No JavaScript frame is involved, so a switch stays legal.
//
// The only file that is compiled with -mgc.
#include "port.h"

#ifdef __wasm__
typedef void object;
typedef object *(*three)(object *, object *, object *);
typedef object *(*two)(object *, object *);
typedef object *(*one)(object *);
typedef object *(*none)(void);

extern object *PyExc_SystemError;
void PyErr_SetString(object *type, const char *message);

FROND_PUBLIC object *_PyEM_TrampolineCall(void *function, object *self, object *arguments, object *keywords) {
    if (__builtin_wasm_test_function_pointer_signature((three)function))
        return ((three)function)(self, arguments, keywords);
    if (__builtin_wasm_test_function_pointer_signature((two)function)) return ((two)function)(self, arguments);
    if (__builtin_wasm_test_function_pointer_signature((one)function)) return ((one)function)(self);
    if (__builtin_wasm_test_function_pointer_signature((none)function)) return ((none)function)();
    PyErr_SetString(PyExc_SystemError, "Handler takes too many arguments");
    return NULL;
}
#endif
