"""A queue of jobs, done by a pool of greenlets, and everybody who watches is told."""

import itertools
from dataclasses import dataclass

import gevent
from gevent.pool import Pool
from gevent.queue import Queue

# How many numbers are looked at before others may run.
STEP = 500


@dataclass
class Job:
    number: int
    limit: int
    state: str = "waiting"
    done: int = 0
    primes: int = 0
    greenlet: gevent.Greenlet | None = None

    def as_dict(self):
        return {name: value for name, value in vars(self).items() if name != "greenlet"}


class Board:
    def __init__(self, workers=3):
        self.jobs = {}
        self.pool = Pool(workers)
        self.waiting = Queue()
        self.watchers = set()
        self.numbers = itertools.count(1)
        self.dispatcher = gevent.spawn(self._dispatch)

    def add(self, limit):
        job = Job(next(self.numbers), limit)
        self.jobs[job.number] = job
        self.waiting.put(job)
        self._tell(job)
        return job

    def cancel(self, number):
        """Ends a job that has not ended; false when there is nothing to end."""
        job = self.jobs.get(number)
        if job is None or job.state in ("done", "cancelled"):
            return False
        if job.greenlet is not None:
            job.greenlet.kill()
        job.state = "cancelled"
        self._tell(job)
        return True

    def watch(self):
        """Every change from now on, for one who watches."""
        changes = Queue()
        self.watchers.add(changes)
        try:
            for job in list(self.jobs.values()):
                yield job.as_dict()
            while True:
                yield changes.get()
        finally:
            self.watchers.discard(changes)

    def _tell(self, job):
        for changes in self.watchers:
            changes.put(job.as_dict())

    def _dispatch(self):
        for job in self.waiting:
            # Waits until a worker is free; the job may have been cancelled meanwhile.
            self.pool.wait_available()
            if job.state == "waiting":
                job.greenlet = self.pool.spawn(self._work, job)

    def _work(self, job):
        job.state = "running"
        while job.done < job.limit:
            end = min(job.done + STEP, job.limit)
            job.primes += sum(map(is_prime, range(job.done + 1, end + 1)))
            job.done = end
            self._tell(job)
            gevent.sleep(0)
        job.state = "done"
        self._tell(job)


def is_prime(number):
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
