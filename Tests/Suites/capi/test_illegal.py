"""Where JavaScript frames are below, no engine can suspend: switching there is an error that says so, and nothing is lost."""

import gc
import threading
import time
import unittest

from greenlet import GreenletExit, error, getcurrent, greenlet
from greenlet_capi import through_host

why = "JavaScript frames are on the stack"


def park(*values):
    return getcurrent().parent.switch(*values)


def take_turns():
    value = None
    while True:
        value = park(value)


class IllegalSuspension(unittest.TestCase):
    def setUp(self):
        self.other = greenlet(take_turns)
        self.other.switch()

    def assert_all_is_well(self):
        """Switching works as ever, and hands over what it is given."""
        for number in range(3):
            self.assertEqual(self.other.switch(number), number)

    def assert_refused(self, call):
        with self.assertRaisesRegex(error, why):
            call()

    def test_the_way_through_the_host(self):
        self.assertEqual(through_host(lambda: 5), 5)
        self.assertEqual(through_host(lambda: through_host(lambda: 6)), 6)
        with self.assertRaises(ZeroDivisionError):
            through_host(lambda: 1 // 0)
        self.assert_all_is_well()

    def test_switch(self):
        through_host(lambda: self.assert_refused(lambda: self.other.switch("lost?")))
        self.assert_all_is_well()

    def test_the_error_itself_crosses_the_host(self):
        with self.assertRaisesRegex(error, why):
            through_host(self.other.switch)
        self.assert_all_is_well()

    def test_throw(self):
        through_host(lambda: self.assert_refused(lambda: self.other.throw(KeyError("lost?"))))
        self.assert_all_is_well()
        self.assertFalse(self.other.dead)

    def test_a_new_greenlet_stays_new(self):
        started = []
        new = greenlet(lambda value: started.append(value) or "done")
        through_host(lambda: self.assert_refused(lambda: new.switch("early")))
        self.assertEqual((bool(new), new.dead, started), (False, False, []))
        self.assertEqual((new.switch("now"), started), ("done", ["now"]))
        self.assert_all_is_well()

    def test_a_thousand_refusals_leave_nothing_behind(self):
        def refuse():
            for _ in range(1000):
                self.assert_refused(self.other.switch)
                self.assert_refused(greenlet(park).switch)

        through_host(refuse)
        self.assert_all_is_well()

    def test_inside_a_greenlet(self):
        def body():
            through_host(lambda: self.assert_refused(getcurrent().parent.switch))
            first = park("legal again")
            through_host(lambda: self.assert_refused(lambda: park("lost?")))
            return first

        it = greenlet(body)
        self.assertEqual(it.switch(), "legal again")
        self.assertEqual(it.switch("kept"), "kept")
        self.assert_all_is_well()

    def test_behind_two_calls_of_the_host(self):
        def outer():
            through_host(lambda: self.assert_refused(self.other.switch))
            self.assert_refused(self.other.switch)  # the outer one is still there

        through_host(outer)
        self.assert_all_is_well()

    def test_legal_again_after_an_error(self):
        with self.assertRaises(ZeroDivisionError):
            through_host(lambda: 1 // 0)
        self.assert_all_is_well()

    def test_finalisers_wait_for_the_next_legal_switch(self):
        events = []

        def body(name):
            try:
                park()
            except GreenletExit:
                events.append(("exit", name))
                raise
            finally:
                events.append(("finally", name))

        def drop():
            for number in range(len(victims)):
                victims[number] = None
            gc.collect()
            self.assertEqual(events, [])

        victims = [greenlet(body) for _ in range(3)]
        for number, each in enumerate(victims):
            each.switch(number)
        del each
        through_host(drop)
        self.assertEqual(self.other.switch(1), 1)
        self.assertEqual(sorted(events), [(kind, name) for kind in ("exit", "finally") for name in range(3)])
        self.assert_all_is_well()

    def test_finalisers_that_the_collector_finds(self):
        ended = []

        def body(holder):
            try:
                park()
            finally:
                ended.append(True)

        def drop():
            holders.clear()
            gc.collect()
            self.assertEqual(ended, [])

        # The parked greenlet hangs on a cycle, which only the collector frees.
        holders = []
        for _ in range(5):
            holder = [greenlet(body)]
            holder.append(holder)
            holder[0].switch(None)
            holders.append(holder)
        del holder
        through_host(drop)
        self.other.switch()
        self.assertEqual(ended, [True] * 5)
        self.assert_all_is_well()

    def test_locks_that_are_free_are_taken(self):
        lock = threading.Lock()

        def inside():
            with lock:
                return lock.locked()

        self.assertTrue(through_host(inside))
        self.assertFalse(lock.locked())

    def test_a_wait_does_not_suspend_and_does_not_end_the_program(self):
        def inside():
            try:
                time.sleep(0.01)
            except OSError as problem:
                return problem
            return None

        self.assertIsInstance(through_host(inside), OSError)
        began = time.monotonic()
        time.sleep(0.01)  # legal again
        self.assertGreaterEqual(time.monotonic() - began, 0.009)
        self.assert_all_is_well()

    def test_threads_go_on_afterwards(self):
        turns = []
        stop = threading.Event()

        def body():
            while not stop.is_set():
                turns.append(True)
                time.sleep(0.001)

        thread = threading.Thread(target=body)
        thread.start()
        through_host(lambda: sum(range(200_000)))
        before = len(turns)
        time.sleep(0.05)
        stop.set()
        thread.join()
        self.assertGreater(len(turns), before)
        self.assert_all_is_well()
