// Signals: actions, masks, delivery.
//
// A signal is delivered in a thread that does not block it, at the next of: the raising call itself, a return from a wait,
// the interpreter's periodic check. `frond_signals_send` (Ctrl-C, timers, kill) marks the process, and gets the main
// thread out of a wait that POSIX lets signals interrupt; raise() and pthread_kill() mark one thread.
#define _GNU_SOURCE
#include "signals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool frond_signals_pending;

static struct sigaction actions[_NSIG];
static sigset_t process_pending;

static bool is_valid(int signum) {
    return signum > 0 && signum < _NSIG;
}

static bool is_interruptible(frond_wait_kind kind) {
    switch (kind) {
    case FROND_WAIT_SEMAPHORE:
    case FROND_WAIT_SLEEP:
    case FROND_WAIT_DESCRIPTOR:
    case FROND_WAIT_POLL:
    case FROND_WAIT_CHILD:
    case FROND_WAIT_SIGNAL:
    case FROND_WAIT_FOREVER: return true;
    default: return false;
    }
}

static bool ends_process(int signum) {
    return signum != SIGCHLD && signum != SIGCONT && signum != SIGURG && signum != SIGWINCH && signum != SIGSTOP &&
        signum != SIGTSTP && signum != SIGTTIN && signum != SIGTTOU;
}

static bool is_ignored(int signum) {
    return actions[signum].sa_handler == SIG_IGN || (actions[signum].sa_handler == SIG_DFL && !ends_process(signum));
}

static void handle(int signum) {
    struct sigaction action = actions[signum];
    if (is_ignored(signum)) return;
    if (action.sa_handler == SIG_DFL) {
        if (signum == SIGABRT) abort();
        frond_host_killed_by(signum);
        _Exit(128 + signum);
    }
    sigset_t before = frond_self->signal_mask;
    sigset_t during = action.sa_mask;
    sigorset(&frond_self->signal_mask, &before, &during);
    if (!(action.sa_flags & SA_NODEFER)) sigaddset(&frond_self->signal_mask, signum);
    if (action.sa_flags & SA_RESETHAND) actions[signum].sa_handler = SIG_DFL;
    int error = errno;
    if (action.sa_flags & SA_SIGINFO) {
        siginfo_t info = {.si_signo = signum, .si_code = SI_USER};
        action.sa_sigaction(signum, &info, NULL);
    } else {
        action.sa_handler(signum);
    }
    errno = error;
    frond_self->signal_mask = before;
}

static void note_pending(void) {
    frond_signals_pending = true;
    *frond_check_countdown = 0;
}

void frond_signals_deliver(void) {
    bool left = false;
    for (int signum = 1; signum < _NSIG; signum++) {
        bool here = sigismember(&frond_self->signals_pending, signum) == 1;
        if (!here && sigismember(&process_pending, signum) != 1) continue;
        if (sigismember(&frond_self->signal_mask, signum) == 1) {
            left = true;
            continue;
        }
        sigdelset(here ? &frond_self->signals_pending : &process_pending, signum);
        handle(signum);
    }
    if (!left)
        for (int i = 0; i < frond_threads_used && !left; i++)
            if (frond_threads[i])
                for (int signum = 1; signum < _NSIG && !left; signum++)
                    left = sigismember(&frond_threads[i]->signals_pending, signum) == 1;
    frond_signals_pending = left;
}

static bool deliverable(frond_thread *thread) {
    for (int signum = 1; signum < _NSIG; signum++)
        if ((sigismember(&thread->signals_pending, signum) == 1 || sigismember(&process_pending, signum) == 1) &&
            sigismember(&thread->signal_mask, signum) != 1)
            return true;
    return false;
}

bool frond_signals_interrupt(frond_wait_kind kind) {
    if (!frond_signals_pending || !is_interruptible(kind) || !deliverable(frond_self)) return false;
    frond_signals_deliver();
    return true;
}

static void interrupt(frond_thread *thread, int signum) {
    if (is_interruptible(thread->waits_for) && sigismember(&thread->signal_mask, signum) != 1)
        frond_wake(thread, EINTR);
}

void frond_signals_send(int signum) {
    if (is_ignored(signum)) return;
    sigaddset(&process_pending, signum);
    note_pending();
    interrupt(&frond_main_thread, signum);
    // A thread in sigwait takes it, blocked or not.
    for (int i = 0; i < frond_threads_used; i++)
        if (frond_threads[i] && frond_threads[i]->waits_for == FROND_WAIT_SIGNAL) frond_wake(frond_threads[i], EINTR);
}

/// From outside: a stop button, Ctrl-C. The handler runs in wasm, at the next opportunity.
FROND_EXPORT("frond_raise") void frond_raise(int signum) {
    if (is_valid(signum)) frond_signals_send(signum);
}

// --- what libc offers ---

#ifdef __wasm__
_Noreturn void _abort_js(void);

/// The host reports it with the stack; a parent sees a process that SIGABRT killed.
FROND_PUBLIC _Noreturn void abort(void) {
    struct sigaction action = actions[SIGABRT];
    actions[SIGABRT].sa_handler = SIG_DFL;
    if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN && !(action.sa_flags & SA_SIGINFO))
        action.sa_handler(SIGABRT);
    frond_host_killed_by(SIGABRT);
    _abort_js();
}
#endif

FROND_PUBLIC int raise(int signum) {
    if (!is_valid(signum)) {
        errno = EINVAL;
        return -1;
    }
    if (sigismember(&frond_self->signal_mask, signum) == 1) {
        sigaddset(&frond_self->signals_pending, signum);
        note_pending();
    } else {
        handle(signum);
    }
    return 0;
}

FROND_PUBLIC int kill(pid_t pid, int signum) {
    if (signum < 0 || signum >= _NSIG) {
        errno = EINVAL;
        return -1;
    }
    if (pid != getpid() && pid != 0 && pid != -1 && pid != -getpid()) {
        int result = frond_host_kill_process(pid, signum);
        if (result >= 0) return 0;
        errno = -result;
        return -1;
    }
    if (!signum) return 0;
    if (sigismember(&frond_self->signal_mask, signum) != 1) return raise(signum);
    frond_signals_send(signum);
    return 0;
}

FROND_PUBLIC int pthread_kill(pthread_t target, int signum) {
    frond_thread *thread = (frond_thread *)(uintptr_t)target;
    if (thread->finished) return ESRCH;
    if (signum < 0 || signum >= _NSIG) return EINVAL;
    if (!signum) return 0;
    if (thread == frond_self) return raise(signum) ? errno : 0;
    sigaddset(&thread->signals_pending, signum);
    note_pending();
    if (!is_ignored(signum)) interrupt(thread, signum);
    return 0;
}

FROND_PUBLIC int sigaction(int signum, const struct sigaction *restrict action, struct sigaction *restrict before) {
    if (!is_valid(signum) || (action && (signum == SIGKILL || signum == SIGSTOP))) {
        errno = EINVAL;
        return -1;
    }
    struct sigaction was = actions[signum];
    if (action) actions[signum] = *action;
    if (before) *before = was;
    return 0;
}

FROND_PUBLIC int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict before) {
    sigset_t was = frond_self->signal_mask, mask = was;
    if (set) {
        switch (how) {
        case SIG_SETMASK: mask = *set; break;
        case SIG_BLOCK: sigorset(&mask, &was, set); break;
        case SIG_UNBLOCK:
            for (int signum = 1; signum < _NSIG; signum++)
                if (sigismember(set, signum) == 1) sigdelset(&mask, signum);
            break;
        default: return EINVAL;
        }
        sigdelset(&mask, SIGKILL);
        sigdelset(&mask, SIGSTOP);
        frond_self->signal_mask = mask;
    }
    if (before) *before = was;
    if (set && frond_signals_pending) frond_signals_deliver();
    return 0;
}

FROND_PUBLIC int sigpending(sigset_t *set) {
    sigorset(set, &process_pending, &frond_self->signals_pending);
    return 0;
}

static int take_pending(const sigset_t *set, siginfo_t *info) {
    for (int signum = 1; signum < _NSIG; signum++) {
        if (sigismember(set, signum) != 1) continue;
        bool here = sigismember(&frond_self->signals_pending, signum) == 1;
        if (!here && sigismember(&process_pending, signum) != 1) continue;
        sigdelset(here ? &frond_self->signals_pending : &process_pending, signum);
        if (info) *info = (siginfo_t){.si_signo = signum, .si_code = SI_USER};
        return signum;
    }
    return 0;
}

FROND_PUBLIC int sigtimedwait(
    const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict timeout) {
    double deadline = FROND_NEVER;
    if (timeout) {
        if (timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000) {
            errno = EINVAL;
            return -1;
        }
        deadline = frond_now() + (double)timeout->tv_sec * 1e3 + (double)timeout->tv_nsec / 1e6;
    }
    for (;;) {
        int signum = take_pending(set, info);
        if (signum) return signum;
        int error = frond_park(NULL, deadline, FROND_WAIT_SIGNAL);
        if (!error) continue;
        signum = take_pending(set, info);
        if (signum) return signum;
        errno = error == ETIMEDOUT ? EAGAIN : error;
        return -1;
    }
}

FROND_PUBLIC int sigsuspend(const sigset_t *mask) {
    sigset_t before = frond_self->signal_mask;
    frond_self->signal_mask = *mask;
    int error = frond_park(NULL, FROND_NEVER, FROND_WAIT_FOREVER);
    frond_self->signal_mask = before;
    errno = error ? error : EINTR;
    return -1;
}

FROND_PUBLIC int pause(void) {
    errno = frond_park(NULL, FROND_NEVER, FROND_WAIT_FOREVER);
    return -1;
}
