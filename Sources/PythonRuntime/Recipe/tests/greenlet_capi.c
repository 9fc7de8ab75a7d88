// An extension module that uses greenlet only by its C API (greenlet.h), as gevent and others do: for tests, in a wheel
// of its own. Every function of the API is here once; the last ones switch with frames of C and of libc below, which have
// to be as they were when a switch comes back.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

#include "greenlet.h"

static PyGreenlet *greenlet(PyObject *object) {
    if (PyGreenlet_Check(object)) return (PyGreenlet *)object;
    PyErr_SetString(PyExc_TypeError, "not a greenlet");
    return NULL;
}

static PyObject *types(PyObject *self, PyObject *none) {
    return PyTuple_Pack(3, (PyObject *)&PyGreenlet_Type, PyExc_GreenletError, PyExc_GreenletExit);
}

static PyObject *new(PyObject *self, PyObject *args) {
    PyObject *run, *parent = NULL;
    if (!PyArg_ParseTuple(args, "O|O", &run, &parent)) return NULL;
    return (PyObject *)PyGreenlet_New(run, (PyGreenlet *)parent);
}

static PyObject *current(PyObject *self, PyObject *none) {
    return (PyObject *)PyGreenlet_GetCurrent();
}

static PyObject *switch_to(PyObject *self, PyObject *args) {
    PyObject *to, *values = NULL, *names = NULL;
    if (!PyArg_ParseTuple(args, "O|O!O!", &to, &PyTuple_Type, &values, &PyDict_Type, &names) || !greenlet(to)) return NULL;
    return PyGreenlet_Switch(greenlet(to), values, names);
}

static PyObject *throw_into(PyObject *self, PyObject *args) {
    PyObject *to, *type, *value = NULL, *traceback = NULL;
    if (!PyArg_ParseTuple(args, "OO|OO", &to, &type, &value, &traceback) || !greenlet(to)) return NULL;
    return PyGreenlet_Throw(greenlet(to), type, value, traceback);
}

static PyObject *set_parent(PyObject *self, PyObject *args) {
    PyObject *child, *parent;
    if (!PyArg_ParseTuple(args, "OO", &child, &parent) || !greenlet(child)) return NULL;
    if (PyGreenlet_SetParent(greenlet(child), (PyGreenlet *)parent)) return NULL;
    Py_RETURN_NONE;
}

static PyObject *get_parent(PyObject *self, PyObject *child) {
    if (!greenlet(child)) return NULL;
    PyObject *parent = (PyObject *)PyGreenlet_GetParent(greenlet(child));
    if (!parent && !PyErr_Occurred()) Py_RETURN_NONE;
    return parent;
}

static PyObject *state(PyObject *self, PyObject *object) {
    PyGreenlet *it = greenlet(object);
    if (!it) return NULL;
    return Py_BuildValue("(iii)", PyGreenlet_MAIN(it), PyGreenlet_STARTED(it), PyGreenlet_ACTIVE(it));
}

/// relay(greenlet, number): switches so many times to it, each time with what the time before returned.
static PyObject *relay(PyObject *self, PyObject *args) {
    PyObject *to;
    int number;
    if (!PyArg_ParseTuple(args, "Oi", &to, &number) || !greenlet(to)) return NULL;
    PyObject *value = PyLong_FromLong(0);
    while (value && number-- > 0) {
        PyObject *values = PyTuple_Pack(1, value);
        Py_DECREF(value);
        value = values ? PyGreenlet_Switch(greenlet(to), values, NULL) : NULL;
        Py_XDECREF(values);
    }
    return value;
}

/// The body of a greenlet, in C: hands each item of an iterable to its parent.
static PyObject *hand_out(PyObject *self, PyObject *iterable) {
    PyObject *iterator = PyObject_GetIter(iterable), *item;
    if (!iterator) return NULL;
    while ((item = PyIter_Next(iterator))) {
        PyGreenlet *me = PyGreenlet_GetCurrent(), *parent = PyGreenlet_GetParent(me);
        Py_DECREF(me);  // what holds itself is never dropped
        PyObject *values = PyTuple_Pack(1, item);
        PyObject *answer = values ? PyGreenlet_Switch(parent, values, NULL) : NULL;
        Py_XDECREF(values);
        Py_DECREF(item);
        Py_DECREF(parent);
        if (!answer) break;
        Py_DECREF(answer);
    }
    Py_DECREF(iterator);
    return PyErr_Occurred() ? NULL : Py_NewRef(Py_Ellipsis);
}

static PyObject *judge;  // whom the sort that runs asks

static int ask_judge(const void *a, const void *b) {
    if (PyErr_Occurred()) return 0;
    PyObject *values = PyTuple_Pack(2, *(PyObject **)a, *(PyObject **)b);
    PyObject *answer = values ? PyGreenlet_Switch((PyGreenlet *)judge, values, NULL) : NULL;
    Py_XDECREF(values);
    int order = answer ? (int)PyLong_AsLong(answer) : 0;
    Py_XDECREF(answer);
    return order;
}

/// sort(list, greenlet): libc's qsort, whose comparison asks the greenlet: a switch in the middle of libc.
static PyObject *sort(PyObject *self, PyObject *args) {
    PyObject *list, *to;
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &list, &to) || !greenlet(to)) return NULL;
    Py_ssize_t size = PyList_GET_SIZE(list);
    PyObject **items = PyMem_Malloc(size * sizeof *items + 1), *sorted = PyList_New(size);
    if (!items || !sorted) return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < size; i++) items[i] = Py_NewRef(PyList_GET_ITEM(list, i));
    judge = to;
    qsort(items, size, sizeof *items, ask_judge);
    for (Py_ssize_t i = 0; i < size; i++) PyList_SET_ITEM(sorted, i, items[i]);
    PyMem_Free(items);
    if (PyErr_Occurred()) Py_CLEAR(sorted);
    return sorted;
}

static void leave(jmp_buf place, PyObject *to, int depth) {
    if (depth > 0) {
        leave(place, to, depth - 1);
        return;
    }
    Py_XDECREF(PyGreenlet_Switch(greenlet(to), NULL, NULL));
    longjmp(place, 7);
}

/// jump(greenlet): setjmp, a switch further up, and when that comes back longjmp. Returns 7.
static PyObject *jump(PyObject *self, PyObject *to) {
    if (!greenlet(to)) return NULL;
    jmp_buf place;
    volatile int before = 35;
    int jumped = setjmp(place);
    if (!jumped) leave(place, to, 5);
    if (PyErr_Occurred()) return NULL;
    return PyLong_FromLong(jumped + before - 35);
}

static PyObject *callback, *returned;

static void call_back(void) {
    returned = PyObject_CallNoArgs(callback);
}

/// through_host(callable): calls it with frames of JavaScript below. The tests' own host (Tests/Suites/capi/prelude.mjs) takes
/// this call of the system for what it is and calls the function whose number is the length; any other refuses it.
static PyObject *through_host(PyObject *self, PyObject *callable) {
    PyObject *outer = callback;
    callback = callable;
    returned = NULL;
    int refused = ftruncate(0x66726f6e, (off_t)(uintptr_t)call_back);
    callback = outer;
    if (refused) return PyErr_SetFromErrno(PyExc_OSError);
    return returned;
}

static PyMethodDef methods[] = {
    {"types", types, METH_NOARGS},       {"new", new, METH_VARARGS},
    {"current", current, METH_NOARGS},   {"switch", switch_to, METH_VARARGS},
    {"throw", throw_into, METH_VARARGS}, {"set_parent", set_parent, METH_VARARGS},
    {"get_parent", get_parent, METH_O},  {"state", state, METH_O},
    {"relay", relay, METH_VARARGS},      {"hand_out", hand_out, METH_O},
    {"sort", sort, METH_VARARGS},        {"jump", jump, METH_O},
    {"through_host", through_host, METH_O},
    {NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "greenlet_capi", NULL, -1, methods};

PyMODINIT_FUNC PyInit_greenlet_capi(void) {
    PyGreenlet_Import();
    if (!_PyGreenlet_API) return NULL;
    return PyModule_Create(&module);
}
