"""Greenlets: order, values, exceptions, being killed, being used again."""

import gc
import threading

from greenlet import GreenletExit, getcurrent, greenlet


def run():
    order = []

    def first(value):
        order.append(("first", value))
        value = second.switch(value + 1)
        order.append(("first again", value))
        return value + 1

    def second(value):
        order.append(("second", value))
        one.switch(value + 1)
        order.append("never")

    one, second = greenlet(first), greenlet(second)
    order.append(("main", one.switch(1)))
    print(order)

    def generator(values):
        for value in values:
            getcurrent().parent.switch(value)

    tree = greenlet(generator)
    print([tree.switch(range(3)) if i == 0 else tree.switch() for i in range(3)])

    def fails():
        raise ValueError("across a switch")

    try:
        greenlet(fails).switch()
    except ValueError as error:
        print("caught", error)

    ended = []

    def is_killed():
        try:
            getcurrent().parent.switch()
        except GreenletExit:
            ended.append("GreenletExit")
            raise
        finally:
            ended.append("finally")

    victim = greenlet(is_killed)
    victim.switch()
    del victim
    gc.collect()
    print(ended)

    def is_told():
        try:
            hub.switch()
        finally:
            print("told")

    hub = getcurrent()
    for each in [greenlet(is_told) for _ in range(3)]:
        each.switch()
        each.throw(GreenletExit)

    # What can never be resumed, because its thread has ended: the host unwinds its stack, and nothing of it runs.
    kept = []

    def leaves_one():
        me = getcurrent()
        kept.append(greenlet(lambda: me.switch()))
        kept[-1].switch()

    for _ in range(2):
        thread = threading.Thread(target=leaves_one)
        thread.start()
        thread.join()
    kept.clear()
    gc.collect()

    # More at once than are kept, then again: contexts from the pool, and fresh ones.
    def waits(number):
        hub.switch(number)
        return number * 2

    for _ in range(2):
        many = [greenlet(waits) for _ in range(70)]
        print(sum(each.switch(i) for i, each in enumerate(many)), sum(each.switch() for each in many))

    # Deep stacks on both sides of a switch.
    def deep(depth):
        return hub.switch(depth) if depth == 50 else deep(depth + 1) + 1

    diver = greenlet(deep)
    print(diver.switch(0), diver.switch(7))
