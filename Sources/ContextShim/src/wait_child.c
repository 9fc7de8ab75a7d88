// Waiting for children. The host answers wait4 at once; to wait, the thread parks until the host says that some child
// has ended. There are no stopped children, and one process group.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "blocking.h"
#include "host.h"

/// wait4 that parks: a child's id, 0 with WNOHANG when all still run, or a negative errno.
static int wait_for_child(pid_t pid, int *status, int options, struct rusage *usage) {
    for (;;) {
        int result = frond_host_wait4(pid, status, options, usage);
        if (result || (options & WNOHANG)) return result;
        int error = frond_wait_for(-1, POLLIN, FROND_NEVER, FROND_WAIT_CHILD);
        if (error) return -error;
    }
}

FROND_PUBLIC pid_t __syscall_wait4(pid_t pid, int *status, int options, struct rusage *usage) {
    return wait_for_child(pid, status, options, usage);
}

FROND_PUBLIC int waitid(idtype_t type, id_t id, siginfo_t *info, int options) {
    const int known = WEXITED | WSTOPPED | WCONTINUED | WNOHANG | WNOWAIT;
    pid_t pid = -1;
    int status = 0, result = -EINVAL;
    if (type == P_PID && (pid_t)id > 0) pid = (pid_t)id;
    else if (type != P_ALL && type != P_PGID) goto done;
    if ((options & ~known) || !(options & (WEXITED | WSTOPPED | WCONTINUED))) goto done;
    // Nothing stops or goes on here: who waits for that alone sees no event, and would wait for ever.
    if (!(options & WEXITED)) result = (options & WNOHANG) ? 0 : -ECHILD;
    else result = wait_for_child(pid, &status, options & (WNOHANG | WNOWAIT), NULL);
done:
    if (result < 0) {
        errno = -result;
        return -1;
    }
    if (!info) return 0;
    memset(info, 0, sizeof *info);
    if (!result) return 0;
    info->si_signo = SIGCHLD;
    info->si_pid = result;
    info->si_code = WIFEXITED(status) ? CLD_EXITED : CLD_KILLED;
    info->si_status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    return 0;
}
