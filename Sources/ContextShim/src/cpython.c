// What CPython asks of its platform, in place of Python/emscripten_signal.c, emscripten_syscalls.c and
// emscripten_trampoline.c (leave their four objects out of the link).
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "compiled_strings.h"
#include "scheduler.h"
#include "signals.h"
#include "start.h"
#include "thread_local.h"

// --- start ---

int Py_BytesMain(int count, char **arguments);
int _Py_BytesMainInit(int count, char **arguments);  // cpython-two-part-start.patch
int Py_RunMain(void);
void *Py_CompileString(const char *text, const char *name, int start);
void *PyImport_ExecCodeModule(const char *name, void *code);
void *PyImport_ImportModule(const char *name);
void *PyObject_CallMethod(void *object, const char *name, const char *format, ...);
void Py_DecRef(void *object);
void PyErr_Print(void);

extern _Thread_local void *_Py_tss_tstate;    // pystate.c: the attached thread state
extern _Thread_local const char *pkgcontext;  // import.c: the extension module that is being imported

int frond_program(int count, char **arguments) {
    return Py_BytesMain(count, arguments);
}

static const char snapshot_module[] = "_frond_snapshot";
static const char snapshot_source[] = {
#embed "snapshot.py"
    , 0
};

/// Gives up what a call of snapshot.py returned. What failed is printed, and no more: the program runs without it.
static void finish_call(void *result) {
    if (!result) PyErr_Print();
    Py_DecRef(result);
}

void _tzset_js(long *timezone, int *daylight, char *standard, char *summer);

/// Libc asks once; a snapshot may be of another zone.
static void renew_time_zone(void) {
    tzset();
    _tzset_js(&timezone, &daylight, tzname[0], tzname[1]);
}

int frond_program_prepare(int count, char **arguments, const char *modules) {
    int status = _Py_BytesMainInit(count, arguments);
    if (status >= 0) return status;
    enum { FILE_INPUT = 257 };  // Py_file_input
    void *code = Py_CompileString(snapshot_source, "snapshot.py", FILE_INPUT);
    void *module = code ? PyImport_ExecCodeModule(snapshot_module, code) : NULL;
    finish_call(module ? PyObject_CallMethod(module, "prepare", "s", modules) : NULL);
    Py_DecRef(module);
    Py_DecRef(code);
    frond_forget_compiled_strings();
    return -1;
}

int frond_program_go_on(void) {
    renew_time_zone();
    void *module = PyImport_ImportModule(snapshot_module);
    finish_call(module ? PyObject_CallMethod(module, "go_on", "liss", timezone, daylight, tzname[0], tzname[1]) : NULL);
    Py_DecRef(module);
    return Py_RunMain();
}

// --- the eval loop's periodic check ---

FROND_PUBLIC int Py_EMSCRIPTEN_SIGNAL_HANDLING = 1;
FROND_PUBLIC int _Py_emscripten_signal_clock = 50;

FROND_PUBLIC int _Py_emscripten_eval_renewals;

/// Calls of the eval loop that are under way go on in new calls, so that they get the code that the engine has compiled
/// meanwhile (cpython-eval-renewal.patch): a quarter of a second after the first look, when V8 usually is so far, and each time
/// that twice as much has passed, because each renewal leaves a frame on the stack.
static void renew_eval_loop(double now) {
    static double begun, age = 250;  // ms
    if (!begun) begun = now;
    if (now - begun < age) return;
    _Py_emscripten_eval_renewals++;
    age *= 2;
}

FROND_PUBLIC void _Py_CheckEmscriptenSignalsPeriodically(void) {
    if (--_Py_emscripten_signal_clock <= 0) renew_eval_loop(frond_check());
}

FROND_PUBLIC void _Py_CheckEmscriptenSignals(void) {
    if (frond_signals_pending) frond_check();
}

/// The interpreter's lock is free just now, and somebody may be ready to take it (cpython-gil-fairness.patch). Called at every
/// hand-over of the lock, so the clock is not read each time.
FROND_PUBLIC void _Py_EmscriptenGiveWay(void) {
    static unsigned calls;
    if ((++calls & 3) == 0) frond_give_way();
}

void frond_program_initialise(void) {
    frond_check_countdown = &_Py_emscripten_signal_clock;
    frond_thread_local(&_Py_tss_tstate, sizeof _Py_tss_tstate, NULL);
    frond_thread_local(&pkgcontext, sizeof pkgcontext, NULL);
}

// --- after a trap ---

const char *_Py_DumpTracebackThreads(int fd, void *interpreter, void *current);
void *PyGILState_GetThisThreadState(void);

/// Prints the Python traceback of every thread to descriptor 2. Allocates nothing.
FROND_EXPORT("frond_dump_traceback") void frond_dump_traceback(void) {
    void *current = _Py_tss_tstate ? _Py_tss_tstate : PyGILState_GetThisThreadState();
    if (current) _Py_DumpTracebackThreads(2, NULL, current);
}

/// Where pystate.c keeps a pointer to a trampoline in JavaScript: there is none. See trampoline.c.
FROND_PUBLIC const int _PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET = 0;
