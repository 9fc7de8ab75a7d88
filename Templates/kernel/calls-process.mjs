// The system calls about the process itself: identity, limits, usage. Children: spawn.mjs.

import { EFAULT, EINVAL, EPERM, ESRCH } from './errno.mjs';
import { RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_STACK } from './constants.mjs';
import { inBounds, writeInt64, writeText } from './guest-memory.mjs';
import { HOST_NAME } from './names.mjs';

const utsnameField = 65;
const rusageSize = 152;
const limitNone = -1n;
const stackLimit = 524288n;

/** @param {object} process */
export function processCalls(process) {
    const { memory, machine, table } = process;

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
            const milliseconds = machine.clock.processorTime();
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

    const user = () => process.uid;
    const group = () => process.gid;
    const env = {
        __syscall_getuid32: user,
        __syscall_geteuid32: user,
        __syscall_getgid32: group,
        __syscall_getegid32: group,

        _emscripten_get_progname(at, room) {
            if (room > 0 && inBounds(memory, at, room)) {
                writeText(memory, at, process.args[0] ?? 'python3', room);
            }
        },
    };

    return { env, frond: { uname, getrusage, prlimit } };
}
