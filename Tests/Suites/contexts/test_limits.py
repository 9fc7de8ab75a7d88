"""How many contexts there may be, and that none is lost: greenlets that finish, are murdered, leak in cycles."""

import gc
import os
import subprocess
import sys
import threading
import unittest

from greenlet import GreenletExit, getcurrent, greenlet

is_wasm = sys.platform == "emscripten"
cap = 8000


def memory():
    """Bytes of the whole linear memory; natively, of the address space."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * 4096


def park():
    getcurrent().parent.switch()


def parked(number):
    """Up to so many parked greenlets, and the error that ended it."""
    found = []
    try:
        for _ in range(number):
            each = greenlet(park)
            each.switch()
            found.append(each)
    except MemoryError as error:
        return found, error
    return found, None


class Limits(unittest.TestCase):
    @unittest.skipUnless(is_wasm, "there is no cap natively")
    def test_the_cap_is_a_memory_error(self):
        found, error = parked(cap + 1000)
        try:
            self.assertIsInstance(error, MemoryError)
            self.assertIn("exist already", str(error))
            self.assertGreaterEqual(len(found), cap - 10)
            self.assertLessEqual(len(found), cap)
        finally:
            for each in found:
                each.switch()
        # All of them are gone, and as many can be made again.
        again, error = parked(cap - 10)
        self.assertIsNone(error)
        for each in again:
            each.switch()
            self.assertTrue(each.dead)

    @unittest.skipUnless(is_wasm, "there is no cap natively")
    def test_the_cap_can_be_chosen(self):
        program = "from test_limits import parked; found, error = parked(500); print(len(found), repr(error))"
        child = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, "FROND_CONTEXTS": "100"})
        self.assertEqual(child.returncode, 0, child.stderr)
        number, error = child.stdout.split(" ", 1)
        self.assertLessEqual(int(number), 100)
        self.assertGreater(int(number), 80)
        self.assertIn("MemoryError", error)

    @unittest.skipUnless(is_wasm, "there is no cap natively")
    def test_threads_say_that_they_cannot_start(self):
        found, error = parked(cap + 1000)
        self.assertIsNotNone(error)
        with self.assertRaisesRegex(RuntimeError, "can't start new thread"):
            for _ in range(20):
                threading.Thread(target=park).start()
        for each in found:
            each.switch()

    def test_a_million_cycles_in_flat_memory(self):
        def cycle(number):
            for _ in range(number):
                greenlet(int).switch()

        cycle(20_000)
        gc.collect()
        before = memory()
        cycle(1_000_000)
        self.assertEqual(memory(), before)

    def test_a_switch_allocates_nothing(self):
        def partner():
            parent = getcurrent().parent
            while True:
                parent.switch()

        other = greenlet(partner)
        switch = other.switch

        def many():
            for _ in range(200_000):
                switch()

        many()
        gc.collect()
        before = memory(), sys.getallocatedblocks()
        many()
        gc.collect()
        after = memory(), sys.getallocatedblocks()
        self.assertEqual(after[0], before[0])
        self.assertLess(abs(after[1] - before[1]), 20)  # the tuples of this test itself

    def test_murdered_ones_clean_up_and_are_reclaimed(self):
        ended = 0

        def body():
            nonlocal ended
            try:
                park()
            except GreenletExit:
                ended += 1
                raise

        def murder(number):
            for _ in range(number):
                each = greenlet(body)
                each.switch()
                del each

        murder(2000)
        before = memory()
        murder(20_000)
        self.assertEqual(ended, 22_000)
        self.assertEqual(memory(), before)

    def test_finished_ones_in_cycles_are_collected(self):
        # Suspended ones in cycles are not, here or natively: upstream keeps them from the collector.
        def leak(number):
            for _ in range(number):
                each = greenlet(park)
                each.holder = [each]
                each.switch()
                each.switch()
                del each
            gc.collect()

        for _ in range(3):
            leak(500)
        before, count = memory(), len(gc.get_objects())
        for _ in range(30):
            leak(500)
        self.assertLess(len(gc.get_objects()), count + 100)
        self.assertEqual(memory(), before)

    def test_ones_whose_thread_has_ended_are_reclaimed(self):
        def leave(number):
            keep = []

            def body():
                for _ in range(100):
                    each = greenlet(park)
                    each.switch()
                    keep.append(each)

            for _ in range(number):
                thread = threading.Thread(target=body)
                thread.start()
                thread.join()
                keep.clear()

        leave(10)
        gc.collect()
        before = memory()
        leave(150)
        self.assertLessEqual(memory() - before, 1 << 20)

    def test_the_interpreter_ends_cleanly_with_suspended_ones(self):
        program = (
            "import atexit; from test_limits import parked\n"
            "keep = parked(1000)\n"
            "atexit.register(print, 'atexit', flush=True)\n"
            "class Last:\n"
            "    def __del__(self): print('del')\n"
            "last = Last()\n"
            "print('end')\n"
        )
        child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        self.assertEqual((child.returncode, child.stderr), (0, ""))
        self.assertEqual(child.stdout.split(), ["end", "atexit", "del"])
