"""Clocks, timers and alarms."""

import os
import signal
import time


def run():
    begin = time.monotonic()
    time.sleep(0.25)
    print(0.25 <= time.monotonic() - begin < 5)
    first = [time.monotonic_ns() for _ in range(5)]
    print(first == sorted(first), time.time() > 1_700_000_000)
    print(time.gmtime(86400 * 365).tm_year, time.strftime("%Y-%m-%d %H:%M", time.gmtime(1e9)), time.mktime(time.gmtime(0)))
    print(time.clock_gettime(time.CLOCK_REALTIME) > 1e9, time.clock_getres(time.CLOCK_MONOTONIC) > 0)
    caught = []
    signal.signal(signal.SIGALRM, lambda number, frame: caught.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.03)
    while len(caught) < 3:
        time.sleep(0.1)
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(caught)
    signal.signal(signal.SIGUSR1, lambda number, frame: print("signal", number))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.alarm(1)
    signal.pause()
    print(len(caught), signal.alarm(0))
    # A timer after which nobody goes on: the host has to ask again for how long it is to wait.
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    begin = time.monotonic()
    time.sleep(0.1)
    print(0.1 <= time.monotonic() - begin < 1)
