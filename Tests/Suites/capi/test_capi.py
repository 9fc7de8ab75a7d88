"""Every function of greenlet's C API, called by an extension module that was compiled against greenlet.h alone."""

import gc
import sys
import unittest
import weakref

import greenlet
import greenlet_capi as capi
from greenlet import getcurrent


class Api(unittest.TestCase):
    def test_types_are_greenlets_own(self):
        self.assertEqual(capi.types(), (greenlet.greenlet, greenlet.error, greenlet.GreenletExit))

    def test_it_is_a_module_of_its_own(self):
        self.assertNotIn("greenlet/", capi.__file__)
        self.assertTrue(capi.__file__.endswith(".so"))

    def test_new_and_parent(self):
        it = capi.new(len)
        self.assertIs(type(it), greenlet.greenlet)
        self.assertIs(it.parent, getcurrent())
        child = capi.new(len, it)
        self.assertIs(capi.get_parent(child), it)
        capi.set_parent(child, getcurrent())
        self.assertIs(child.parent, getcurrent())
        self.assertIsNone(capi.get_parent(capi.current()))
        with self.assertRaises(TypeError):
            capi.set_parent(child, 5)
        with self.assertRaises(ValueError):
            capi.set_parent(it, it)

    def test_current(self):
        self.assertIs(capi.current(), getcurrent())
        it = greenlet.greenlet(capi.current)
        self.assertIs(it.switch(), it)

    def test_state(self):
        it = greenlet.greenlet(lambda: getcurrent().parent.switch())
        self.assertEqual(capi.state(it), (0, 0, 0))
        it.switch()
        self.assertEqual(capi.state(it), (0, 1, 1))
        it.switch()
        self.assertEqual(capi.state(it), (0, 1, 0))
        self.assertEqual(capi.state(getcurrent()), (1, 1, 1))

    def test_switch_with_values_and_names(self):
        it = capi.new(lambda *args, **names: (args, names))
        self.assertEqual(capi.switch(it, (1, 2), {"a": 3}), ((1, 2), {"a": 3}))
        self.assertEqual(capi.switch(capi.new(lambda: 7)), 7)

    def test_throw(self):
        def body():
            try:
                getcurrent().parent.switch()
            except ValueError as error:
                return str(error)

        it = capi.new(body)
        capi.switch(it)
        self.assertEqual(capi.throw(it, ValueError, ValueError("why")), "why")
        other = capi.new(body)
        capi.switch(other)
        with self.assertRaises(KeyError):
            capi.throw(other, KeyError)
        self.assertTrue(other.dead)

    def test_exceptions_cross_c(self):
        with self.assertRaises(ZeroDivisionError):
            capi.relay(capi.new(lambda _: 1 // 0), 3)

    def test_not_a_greenlet(self):
        for call in (lambda: capi.switch(5), lambda: capi.throw(5, KeyError), lambda: capi.state(5)):
            self.assertRaises(TypeError, call)


class FramesOfC(unittest.TestCase):
    """Switches with frames of C below, on both sides."""

    def test_relay(self):
        def adder(value):
            while True:
                value = getcurrent().parent.switch(value + 1)

        it = capi.new(adder)
        self.assertEqual(capi.relay(it, 50_000), 50_000)

    def test_a_body_in_c(self):
        it = capi.new(capi.hand_out)
        found = [it.switch(range(1000))]
        while not it.dead:
            found.append(it.switch())
        self.assertEqual(found, [*range(1000), ...])

    def test_many_bodies_in_c_take_turns(self):
        bodies = [capi.new(capi.hand_out) for _ in range(200)]
        sums = [each.switch(iter(range(start, start + 20))) for start, each in enumerate(bodies)]
        for _ in range(19):
            sums = [total + each.switch() for total, each in zip(sums, bodies, strict=True)]
        self.assertEqual(sums, [sum(range(start, start + 20)) for start in range(200)])
        self.assertEqual([each.switch() for each in bodies], [...] * 200)
        self.assertTrue(all(each.dead for each in bodies))

    def test_a_body_in_c_that_is_dropped_lets_go(self):
        class Held:
            pass

        held = Held()
        gone = weakref.ref(held)
        it = capi.new(capi.hand_out)
        it.switch([held])
        del held
        self.assertIsNotNone(gone())
        del it
        gc.collect()
        self.assertIsNone(gone())

    def test_a_switch_in_the_middle_of_qsort(self):
        asked = 0

        def judge(a, b):
            nonlocal asked
            while True:
                asked += 1
                a, b = sorter.switch((a > b) - (a < b))

        sorter = getcurrent()
        values = [(number * 7919) % 1009 for number in range(1000)]
        self.assertEqual(capi.sort(values, greenlet.greenlet(judge)), sorted(values))
        self.assertGreater(asked, 1000)

    def test_an_exception_in_the_middle_of_qsort(self):
        def judge(a, b):
            raise LookupError("no order")

        with self.assertRaisesRegex(LookupError, "no order"):
            capi.sort([3, 1, 2], greenlet.greenlet(judge))

    def test_longjmp_behind_a_switch(self):
        def away():
            while True:
                getcurrent().parent.switch()

        self.assertEqual(capi.jump(greenlet.greenlet(away)), 7)
        # Several at once, which jump in another order than they were set.
        jumpers = [greenlet.greenlet(capi.jump) for _ in range(20)]
        for each in jumpers:
            each.switch(getcurrent())
        self.assertEqual([each.switch() for each in reversed(jumpers)], [7] * 20)

    def test_references_are_given_back(self):
        marker = object()
        before = sys.getrefcount(marker)
        for _ in range(100):
            capi.switch(capi.new(lambda *values: values), (marker,))
        self.assertEqual(sys.getrefcount(marker), before)
