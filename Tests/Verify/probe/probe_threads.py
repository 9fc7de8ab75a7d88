"""Threads: order of waking, locks, time-outs, more threads than are kept."""

import queue
import threading
import time


def run():
    order = []
    condition = threading.Condition()

    def waiter(number):
        with condition:
            condition.wait()
            order.append(number)

    threads = [threading.Thread(target=waiter, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.01)
    for count in (1, 2, 1):
        with condition:
            condition.notify(count)
        time.sleep(0.001)
    for thread in threads:
        thread.join()
    print(order)

    lock = threading.Lock()
    with lock:
        begin = time.monotonic()
        print(lock.acquire(timeout=0.05), time.monotonic() - begin >= 0.05, lock.acquire(False))

    jobs, done = queue.Queue(2), []

    def worker():
        while (job := jobs.get()) is not None:
            done.append(job * job)
            jobs.task_done()
        jobs.task_done()

    workers = [threading.Thread(target=worker) for _ in range(3)]
    for each in workers:
        each.start()
    for number in range(20):
        jobs.put(number)
    for _ in workers:
        jobs.put(None)
    jobs.join()
    print(sorted(done) == [n * n for n in range(20)])

    finished = []
    sleepers = [
        threading.Thread(target=lambda t=t: (time.sleep(t / 1000), finished.append(t))) for t in (30, 10, 20, 0, 5)
    ]
    for each in sleepers:
        each.start()
    for each in sleepers:
        each.join()
    print(finished)

    barrier = threading.Barrier(70)
    total = []
    crowd = [threading.Thread(target=lambda i=i: (barrier.wait(), total.append(i))) for i in range(70)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    print(sum(total))

    # One that computes, while another wants its turn.
    flag = threading.Event()
    spinner = threading.Thread(target=flag.set)
    spinner.start()
    rounds = 0
    while not flag.is_set():
        rounds += 1
    spinner.join()
    local = threading.local()
    local.value = 1
    other = threading.Thread(target=lambda: print(hasattr(local, "value"), threading.active_count()))
    other.start()
    other.join()
    # Still waiting when the program ends: the host unwinds its stack, and nothing of it runs.
    threading.Thread(target=lambda: (threading.Event().wait(), print("never")), daemon=True).start()
    time.sleep(0.001)
