// The two things that the glue wants from the event loop: a task of its own, soon, and a timer.

/** The longest wait that `setTimeout` takes, ms; longer ones are cut and armed again. */
const longestTimer = 0x7fffffff;

let taskChannel = null;
const taskQueue = [];

/**
 * Runs `task` as a macrotask of its own as soon as the event loop comes round, so that input, messages and timers get
 * their turn first. Not `setTimeout(…, 0)`: browsers make that 4 ms when nested.
 * @param {() => void} task
 */
export function afterHostTasks(task) {
    if (typeof setImmediate === 'function') {
        setImmediate(task);
        return;
    }
    if (taskChannel === null) {
        taskChannel = new MessageChannel();
        taskChannel.port1.onmessage = () => taskQueue.shift()?.();
    }
    taskQueue.push(task);
    taskChannel.port2.postMessage(0);
}

/**
 * @param {() => void} task @param {number} milliseconds above zero
 * @returns {unknown} for `cancelTimer`
 */
export function startTimer(task, milliseconds) {
    return setTimeout(task, Math.min(milliseconds, longestTimer));
}

/** @param {unknown} timer */
export function cancelTimer(timer) {
    if (timer !== null) clearTimeout(timer);
}
