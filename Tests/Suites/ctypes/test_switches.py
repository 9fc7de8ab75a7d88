"""What contexts add to ctypes: C functions that wait, and callbacks that switch."""

import ctypes
import gc
import sys
import threading
import time
import unittest

import greenlet

program = ctypes.CDLL(None)
INTEGERS = ctypes.POINTER(ctypes.c_int)
COMPARISON = ctypes.CFUNCTYPE(ctypes.c_int, INTEGERS, INTEGERS)


def sort(numbers, compare):
    array = (ctypes.c_int * len(numbers))(*numbers)
    program.qsort(array, ctypes.c_size_t(len(numbers)), ctypes.c_size_t(4), COMPARISON(compare))
    return list(array)


class SwitchesTest(unittest.TestCase):
    def test_threads_run_while_a_function_waits(self):
        seen = []

        def other():
            seen.append("began")
            time.sleep(0.02)
            seen.append("ended")

        thread = threading.Thread(target=other)
        thread.start()
        program.usleep(100_000)
        seen.append("waited")
        thread.join()
        self.assertEqual(seen, ["began", "ended", "waited"])

    def test_callbacks_switch_between_greenlets(self):
        # Two sorts in C at once, each in a greenlet of its own that hands over at each comparison.
        turns = []

        def body(name, numbers):
            def compare(one, other):
                turns.append(name)
                main.switch(None)
                return one[0] - other[0]

            return sort(numbers, compare)

        main = greenlet.getcurrent()
        sorts = [greenlet.greenlet(body), greenlet.greenlet(body)]
        arguments = [("a", [5, 2, 9, 1]), ("b", [3, 8, 4, 6])]
        results = [each.switch(*words) for each, words in zip(sorts, arguments)]
        while any(results[i] is None for i in range(2)):
            for i in range(2):
                if results[i] is None:
                    results[i] = sorts[i].switch()
        self.assertEqual(results, [[1, 2, 5, 9], [3, 4, 6, 8]])
        self.assertEqual(turns[:4], ["a", "b", "a", "b"])

    def test_callbacks_in_threads(self):
        results = {}

        def body(seed):
            def compare(one, other):
                time.sleep(0.001)
                return one[0] - other[0]

            results[seed] = sort([seed * 7 % 5, seed * 3 % 5, seed % 5], compare)

        threads = [threading.Thread(target=body, args=(seed,)) for seed in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, {seed: sorted([seed * 7 % 5, seed * 3 % 5, seed % 5]) for seed in range(5)})

    def test_a_callback_that_raises_leaves_the_call_whole(self):
        seen = []
        self.addCleanup(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.unraisablehook = lambda unraisable: seen.append(unraisable.exc_type)
        sort([2, 1], lambda one, other: 1 // 0)
        self.assertEqual(set(seen), {ZeroDivisionError})
        self.assertEqual(sort([2, 1], lambda one, other: one[0] - other[0]), [1, 2])


class FunctionsTest(unittest.TestCase):
    def test_places_of_freed_functions_are_used_again(self):
        def address():
            return ctypes.cast(COMPARISON(lambda one, other: 0), ctypes.c_void_p).value

        addresses = set()
        for _ in range(20):
            addresses.update(address() for _ in range(100))
            gc.collect()
        self.assertLess(len(addresses), 200)

    def test_many_at_once(self):
        functions = [ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda x, n=n: x + n) for n in range(500)]
        self.assertEqual([function(1) for function in functions], list(range(1, 501)))

    def test_every_number_goes_through_whole(self):
        kinds = {
            ctypes.c_int8: -128, ctypes.c_uint8: 255, ctypes.c_int16: -(2**15), ctypes.c_uint16: 2**16 - 1,
            ctypes.c_int32: -(2**31), ctypes.c_uint32: 2**32 - 1, ctypes.c_int64: -(2**63), ctypes.c_uint64: 2**64 - 1,
            ctypes.c_float: 0.25, ctypes.c_double: 1e300, ctypes.c_longdouble: -2.5, ctypes.c_bool: True,
        }
        for kind, value in kinds.items():
            with self.subTest(kind.__name__):
                function = ctypes.CFUNCTYPE(kind, ctypes.c_double, kind, ctypes.c_int64)(lambda _, number, __: number)
                self.assertEqual(function(1.5, value, -1), value)

    def test_a_call_of_another_type_is_an_error(self):
        for wrong in (lambda: program.strlen(ctypes.c_double(1)), lambda: program.atof(), lambda: program.qsort(1)):
            with self.assertRaisesRegex(TypeError, "the function is not of this type"):
                wrong()

    def test_what_is_no_function_is_an_error(self):
        for address in (0, 1 << 20, 0xFFFF_FFFF):
            with self.assertRaises((TypeError, ValueError)):
                ctypes.CFUNCTYPE(ctypes.c_int)(address)()


if __name__ == "__main__":
    unittest.main()
