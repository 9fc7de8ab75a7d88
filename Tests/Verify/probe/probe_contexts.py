"""Greenlets: order, values, exceptions, being killed, being used again."""

import gc

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

    # One that can never be resumed: its stack is unwound by the host, and nothing of it runs.
    def is_forgotten():
        try:
            hub.switch()
        finally:
            print("forgotten, but told")

    hub = getcurrent()
    forgotten = [greenlet(is_forgotten) for _ in range(3)]
    for each in forgotten:
        each.switch()
    for each in forgotten:
        each.throw(GreenletExit)

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
