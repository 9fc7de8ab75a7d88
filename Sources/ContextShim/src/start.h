// The program that the shim runs: CPython (cpython.c), or a test's own.
#ifndef FROND_START_H
#define FROND_START_H

#include "port.h"

/// Once, before any constructor of priority over 50.
void frond_program_initialise(void);
/// The program; returns its exit status.
int frond_program(int count, char **arguments);

#endif
