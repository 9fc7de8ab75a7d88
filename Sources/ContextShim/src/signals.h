// Signals, as far as a process without a kernel has them. docs/contexts.md says what differs from POSIX.
#ifndef FROND_SIGNALS_H
#define FROND_SIGNALS_H

#include "scheduler.h"

/// Is there a signal that nobody handled yet?
FROND_INTERNAL extern bool frond_signals_pending;
/// Runs the handlers of pending signals that the running thread does not block.
FROND_INTERNAL void frond_signals_deliver(void);
/// Delivers what is pending before a wait that signals interrupt; true when there was something.
FROND_INTERNAL bool frond_signals_interrupt(frond_wait_kind kind);
/// Sends `signum` to the process: marks it, and gets the main thread out of its wait.
FROND_INTERNAL void frond_signals_send(int signum);

#endif
