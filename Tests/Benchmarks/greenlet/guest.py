"""What greenlets, tasks and threads cost from Python, in nanoseconds. Runs in any Python with greenlet."""

import asyncio
import json
import os
import queue
import sys
import threading
import time

from greenlet import getcurrent, greenlet

json.loads(os.environ.pop("SUITE_PLAN"))
rounds = 5
switches = 50_000


def say(**event):
    os.write(1, ("\n\x1e" + json.dumps(event) + "\n").encode())


def timed(work, operations):
    began = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - began) / operations


def partner():
    back = getcurrent().parent.switch
    while True:
        back()


def park():
    getcurrent().parent.switch()


def switching(number):
    """Two switches a round: there and back."""
    other = greenlet(partner)
    other.switch()
    switch = other.switch

    def work():
        for _ in range(number // 2):
            switch()

    return timed(work, number)


def lifetime(number):
    def work():
        for _ in range(number):
            greenlet(int).switch()

    return timed(work, number)


def with_parked(number):
    def measure():
        parked = [greenlet(park) for _ in range(number)]
        for each in parked:
            each.switch()
        try:
            return switching(switches)
        finally:
            for each in parked:
                each.switch()

    return measure


def task_hop():
    """Two asyncio tasks take turns: what a hand-over costs without greenlets."""
    number = switches // 4

    async def turns():
        for _ in range(number):
            await asyncio.sleep(0)

    async def both():
        await asyncio.gather(turns(), turns())

    return timed(lambda: asyncio.run(both()), 2 * number)


def queue_hand_over():
    """An item from one thread to another and its answer, through two queues: two hand-overs."""
    number = switches // 10
    there, back = queue.SimpleQueue(), queue.SimpleQueue()

    def answer():
        while there.get():
            back.put(True)

    thread = threading.Thread(target=answer)
    thread.start()

    def work():
        for _ in range(number):
            there.put(True)
            back.get()

    result = timed(work, 2 * number)
    there.put(False)
    thread.join()
    return result


benchmarks = {
    "switch": lambda: switching(switches),
    "lifetime": lambda: lifetime(switches // 4),
    "parked 1": with_parked(1),
    "parked 100": with_parked(100),
    "parked 5000": with_parked(5000),
    "asyncio": task_hop,
    "queue": queue_hand_over,
}

samples = {name: [] for name in benchmarks}
for index in range(rounds + 1):
    for name, measure in benchmarks.items():
        value = measure()
        if index > 0:  # the first round warms up
            samples[name].append(value)
for name, values in samples.items():
    say(event="figure", name=name, samples=values)
say(event="python", version=sys.version.split()[0])
