// The system calls about the process itself: identity, limits, usage, children, timers.

import { ECHILD, EFAULT, EINVAL, ENOSYS, EPERM, ESRCH } from './errno.mjs';
import { RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_STACK, SIGALRM } from './constants.mjs';
import { inBounds, writeInt64, writeText } from './guest-memory.mjs';
import { HOST_NAME } from './names.mjs';

const utsnameField = 65;
const rusageSize = 152;
const limitNone = -1n;
const stackLimit = 524288n;

/**
 * @param {object} process
 * @param {(signal: number) => void} raise
 */
export function processCalls(process, raise) {
    const { memory, machine, table } = process;
    let alarm = null;

    function uname(at) {
        if (!inBounds(memory, at, utsnameField * 6)) {
            return -EFAULT;
        }
        ['Emscripten', HOST_NAME, '6.0.5', '#1', 'wasm32', '(none)'].forEach((text, field) => {
            memory.u8.fill(0, at + field * utsnameField, at + (field + 1) * utsnameField);
            writeText(memory, at + field * utsnameField, text, utsnameField);
        });
        return 0;
    }

    function getrusage(who, at) {
        if (!inBounds(memory, at, rusageSize)) {
            return -EFAULT;
        }
        if (who < -1 || who > 1) {
            return -EINVAL;
        }
        const { view, u8 } = memory;
        u8.fill(0, at, at + rusageSize);
        if (who !== -1) {
            const milliseconds = machine.clock.uptime();
            writeInt64(view, at, Math.floor(milliseconds / 1000));
            writeInt64(view, at + 8, Math.floor((milliseconds % 1000) * 1000));
            view.setInt32(at + 32, u8.length >> 10, true);
        }
        return 0;
    }

    function prlimit(pid, resource, wanted, old) {
        if (pid !== 0 && pid !== process.pid) {
            return -ESRCH;
        }
        if (resource < 0 || resource > 15) {
            return -EINVAL;
        }
        if ((old !== 0 && !inBounds(memory, old, 16)) || (wanted !== 0 && !inBounds(memory, wanted, 16))) {
            return -EFAULT;
        }
        const { view } = memory;
        const now = resource === RLIMIT_NOFILE ? BigInt(table.limit) : resource === RLIMIT_STACK ? stackLimit
            : resource === RLIMIT_CORE ? 0n : limitNone;
        const most = resource === RLIMIT_NOFILE ? 4096n : now;
        if (old !== 0) {
            view.setBigInt64(old, now, true);
            view.setBigInt64(old + 8, most, true);
        }
        if (wanted !== 0) {
            const soft = view.getBigUint64(wanted, true);
            const hard = view.getBigUint64(wanted + 8, true);
            if (soft > hard) {
                return -EINVAL;
            }
            if (hard > BigInt.asUintN(64, most)) {
                return -EPERM;
            }
            if (resource === RLIMIT_NOFILE) {
                table.limit = Number(soft);
            }
        }
        return 0;
    }

    function wait4(pid, statusPointer, _options, usage) {
        const candidates = [...process.children.values()].filter((child) => pid < 0 || pid === 0 || child.pid === pid);
        if (candidates.length === 0) {
            return -ECHILD;
        }
        if (statusPointer !== 0 && !inBounds(memory, statusPointer, 4)) {
            return -EFAULT;
        }
        const ended = candidates.find((child) => child.status !== null);
        if (ended === undefined) {
            return 0;
        }
        process.children.delete(ended.pid);
        if (statusPointer !== 0) {
            memory.view.setInt32(statusPointer, ended.status, true);
        }
        if (usage !== 0) {
            getrusage(-1, usage);
        }
        return ended.pid;
    }

    const user = () => process.uid;
    const group = () => process.gid;
    const env = {
        __syscall_getuid32: user,
        __syscall_geteuid32: user,
        __syscall_getgid32: group,
        __syscall_getegid32: group,

        __syscall_getresuid32(real, effective, saved) {
            return writeThree(real, effective, saved, process.uid);
        },

        __syscall_getresgid32(real, effective, saved) {
            return writeThree(real, effective, saved, process.gid);
        },

        __syscall_getgroups32(count, list) {
            if (count === 0) {
                return 1;
            }
            if (count < 0) {
                return -EINVAL;
            }
            if (!inBounds(memory, list, 4)) {
                return -EFAULT;
            }
            memory.view.setUint32(list, process.gid, true);
            return 1;
        },

        __syscall_getpid: () => process.pid,
        __syscall_getppid: () => process.parentPid,
        __syscall_uname: uname,
        __syscall_getrusage: getrusage,
        __syscall_prlimit64: prlimit,
        __syscall_wait4: wait4,

        _emscripten_get_progname(at, room) {
            if (room > 0 && inBounds(memory, at, room)) {
                writeText(memory, at, process.args[0] ?? 'python3', room);
            }
        },

        /** setitimer, if the guest has no timers of its own: rings after `milliseconds`; 0 stops it. */
        _setitimer_js(which, milliseconds) {
            if (which !== 0) {
                return -ENOSYS;
            }
            clearTimeout(alarm);
            alarm = milliseconds > 0 ? setTimeout(() => raise(SIGALRM), milliseconds) : null;
            return 0;
        },
    };

    function writeThree(a, b, c, value) {
        for (const pointer of [a, b, c]) {
            if (!inBounds(memory, pointer, 4)) {
                return -EFAULT;
            }
            memory.view.setUint32(pointer, value, true);
        }
        return 0;
    }

    return { env, frond: { uname, getrusage, wait4, prlimit } };
}
