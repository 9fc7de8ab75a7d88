// The program that the shim runs: CPython (cpython.c), or a test's own.
#ifndef FROND_START_H
#define FROND_START_H

#include "port.h"

/// Once, before any constructor of priority over 50.
void frond_program_initialise(void);
/// The program from beginning to end; returns its exit status.
int frond_program(int count, char **arguments);

/// The same in two parts, for programs that may go on from a snapshot of memory. This one is what all starts have in common:
/// it initialises and imports `modules` (names, with commas between). Returns the exit status when that was all, or -1.
int frond_program_prepare(int count, char **arguments, const char *modules);
/// The second part, after `frond_program_prepare` or on a copy of the memory that it left; returns the exit status.
int frond_program_go_on(void);
/// Called before the second part, if it is set: for what a copy of the memory lacks.
extern void (*frond_before_going_on)(void);

#endif
