"""Recursion through C ends in RecursionError, on the main stack, in a greenlet and in a thread, and says how deep it got.

Nothing here may end the program: the engine's stack must never be the first to end. Depths are the notes of the suite's table.
"""

import copy
import functools
import itertools
import json
import pickle
import sys
import threading
import types
import unittest

from greenlet import greenlet


def nested(make, depth):
    value = make(None)
    for _ in range(depth):
        value = make(value)
    return value


class Calls:
    def __init__(self, depth):
        self.depth = depth

    def __call__(self):
        if self.depth:
            self.depth -= 1
            self()


class Chain:
    def __init__(self, depth):
        self.next = Chain(depth - 1) if depth else None


class Attribute:
    def __init__(self, depth):
        self.depth = depth

    def __getattr__(self, name):
        if self.depth:
            self.depth -= 1
            return getattr(self, name)
        return None


class Same:
    def __init__(self, depth):
        self.depth = depth

    def __eq__(self, other):
        if self.depth:
            self.depth -= 1
            return [self] == [Same(0)]
        return True


def sort(depth):
    sorted([0], key=lambda _: depth and sort(depth - 1))


def reduce(depth):
    functools.reduce(lambda a, b: depth and reduce(depth - 1), [1, 2])


def python(depth):
    return depth and python(depth - 1)


def generator(depth):
    if depth:
        yield from generator(depth - 1)
    yield depth


def method_of_methods(depth):
    value = lambda *_: 1  # noqa: E731 (it is wrapped)
    for _ in range(depth):
        value = types.MethodType(value, 1)
    return value


def partial_of_partials(depth):
    value = int
    for _ in range(depth):
        value = functools.partial(value)
        value.tag = None  # else it would be made flat
    return value()


class Pause:
    def __await__(self):
        yield 1


async def wait_for(inner):
    await inner


def suspended_coroutine(depth):
    coroutine = wait_for(Pause())
    for _ in range(depth):
        coroutine = wait_for(coroutine)
    coroutine.send(None)
    return coroutine


def delegate(inner):
    yield from inner


def throw_into_generator(depth):
    chain = iter([1, 2])
    for _ in range(depth):
        chain = delegate(chain)
    next(chain)
    try:
        chain.throw(ValueError)
    except ValueError:
        pass


#: Iterators that ask another one, and are asked by C.
wrappers = {
    "map": lambda inner: map(abs, inner),
    "filter": lambda inner: filter(None, inner),
    "zip": zip,
    "enumerate": enumerate,
    "chain": itertools.chain,
    "islice": lambda inner: itertools.islice(inner, 5),
    "tee": lambda inner: map(abs, itertools.tee(inner)[0]),
    "accumulate": itertools.accumulate,
    "takewhile": lambda inner: itertools.takewhile(bool, inner),
    "dropwhile": lambda inner: itertools.dropwhile(lambda _: False, inner),
    "filterfalse": lambda inner: itertools.filterfalse(lambda _: False, inner),
    "compress": lambda inner: itertools.compress(inner, [1]),
    "cycle": itertools.cycle,
    "zip_longest": itertools.zip_longest,
    "pairwise": lambda inner: itertools.pairwise(itertools.cycle(inner)),
    "groupby": itertools.groupby,
    "batched": lambda inner: itertools.batched(inner, 1),
}


def iterate(wrap, depth):
    value = iter([1, 1, 1])
    for _ in range(depth):
        value = wrap(value)
    return value


#: What recurses to a depth; each ends in RecursionError when that is too deep.
recursions = {
    "repr of lists": lambda depth: repr(nested(lambda inner: [inner], depth)),
    "repr of dicts": lambda depth: repr(nested(lambda inner: {1: inner}, depth)),
    "comparing lists": lambda depth: nested(lambda i: [i], depth) == nested(lambda i: [i], depth),
    "comparing tuples": lambda depth: nested(lambda i: (i,), depth) == nested(lambda i: (i,), depth),
    "json.loads": lambda depth: json.loads("[" * depth + "]" * depth),
    "json.dumps": lambda depth: json.dumps(nested(lambda inner: [inner], depth), check_circular=False),
    "pickle.dumps": lambda depth: pickle.dumps(nested(lambda inner: [inner], depth)),
    "copy.deepcopy": lambda depth: copy.deepcopy(nested(lambda inner: [inner], depth)),
    "sorted with key": sort,
    "functools.reduce": reduce,
    "__call__": lambda depth: Calls(depth)(),
    "__init__": Chain,
    "__getattr__": lambda depth: Attribute(depth).name,
    "__eq__": lambda depth: Same(depth) == 0,
    "isinstance with tuples": lambda depth: isinstance(0, nested(lambda i: (i,) if i else (str,), depth)),
    "generators": lambda depth: list(generator(depth)),
    "compiling a sum": lambda depth: compile("+".join("1" * depth), "sum", "eval"),
    "compiling not": lambda depth: compile("not " * depth + "1", "not", "eval"),
    "compiling if-else": lambda depth: compile("1 if 1 else " * depth + "1", "if", "eval"),
    "hash of tuples": lambda depth: hash(nested(lambda inner: (inner,), depth)),
    "hash of slices": lambda depth: hash(nested(lambda inner: slice(inner), depth)),
    "hash of aliases": lambda depth: hash(nested(lambda inner: list[inner], depth)),
    "hash of methods": lambda depth: hash(method_of_methods(depth)),
    "a method of methods": lambda depth: method_of_methods(depth)(),
    "an attribute of methods": lambda depth: method_of_methods(depth).__name__,
    "partial of partials": partial_of_partials,
    "mapping proxies": lambda depth: len(nested(lambda inner: types.MappingProxyType(inner or {}), depth)),
    "items of mapping proxies": lambda depth: nested(lambda i: types.MappingProxyType(i or {1: 2}), depth)[1],
    "static methods": lambda depth: nested(lambda i: staticmethod(i or print), depth).__isabstractmethod__,
    "closing coroutines": lambda depth: suspended_coroutine(depth).close(),
    "throwing into generators": throw_into_generator,
    **{f"iterating {name}": lambda depth, wrap=wrap: next(iterate(wrap, depth)) for name, wrap in wrappers.items()},
}

#: What is never too deep.
deallocations = {
    "lists": lambda inner: [inner],
    "tuples": lambda inner: (inner,),
    "dicts": lambda inner: {1: inner},
    "objects": lambda inner: setattr(each := Calls(0), "inner", inner) or each,
    "partials": lambda inner: functools.partial(print, inner),
    "generators": lambda inner: (lambda gen: next(gen) and gen)((lambda held: ((yield 1), held))(inner)),
}


def deepest(recurse):
    """The greatest depth that works; above it is RecursionError (or MemoryError, as CPython's parser says)."""
    low, high = 0, 64
    while high < 40_000:
        try:
            recurse(high)
        except (RecursionError, MemoryError):
            break
        low, high = high, high * 2
    else:
        return f"over {low}"
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        try:
            recurse(middle)
        except (RecursionError, MemoryError):
            high = middle
        else:
            low = middle
    return str(low)


def on_main(function):
    return function()


def in_greenlet(function):
    return greenlet(function).switch()


def in_thread(function):
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join()
    return result[0]


class Recursion(unittest.TestCase):
    """Tests are made below, one for each recursion and place."""

    def setUp(self):
        # Python calls need no C stack; here only C recursion is to be bounded.
        self.addCleanup(sys.setrecursionlimit, sys.getrecursionlimit())
        sys.setrecursionlimit(1_000_000)

    def check_python(self, place):
        # Python to Python: on the heap, and as deep as the limit says.
        self.assertEqual(place(lambda: python(50_000)), 0)
        sys.setrecursionlimit(1000)
        with self.assertRaises(RecursionError):
            place(lambda: self.caught(python, 2000))

    def caught(self, function, depth):
        function(depth)

    def check_depth(self, kind, place):
        depth = place(lambda: deepest(recursions[kind]))
        print(f"note: {kind} ({place.__name__.replace('_', ' ')}): {depth}")
        number = int(depth.split()[-1])
        self.assertGreaterEqual(number, 50)  # sorting needs 3.4 KB a level

    def check_freeing(self, kind, place):
        def free():
            value = nested(deallocations[kind], 100_000)
            del value
            return True

        self.assertTrue(place(free))


class InGreenlet(unittest.TestCase):
    def test_error_crosses_the_greenlet(self):
        with self.assertRaises(RecursionError):
            greenlet(lambda: repr(nested(lambda inner: [inner], 100_000))).switch()

    def test_greenlets_that_start_greenlets(self):
        def start(depth):
            return greenlet(start).switch(depth - 1) + 1 if depth else 0

        self.addCleanup(sys.setrecursionlimit, sys.getrecursionlimit())
        sys.setrecursionlimit(1_000_000)
        self.assertEqual(start(2000), 2000)


def add(name, method, *arguments):
    setattr(Recursion, "test_" + name.replace(" ", "_").replace(".", "_"), lambda self: method(self, *arguments))


for place in (on_main, in_greenlet, in_thread):
    for kind in recursions:
        add(f"{kind} {place.__name__}", Recursion.check_depth, kind, place)
    for kind in deallocations:
        add(f"freeing {kind} {place.__name__}", Recursion.check_freeing, kind, place)
# A thread's exception is not the caller's.
for place in (on_main, in_greenlet):
    add(f"python {place.__name__}", Recursion.check_python, place)
