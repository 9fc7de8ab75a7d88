"""A tree walk, by a generator that may yield from any depth

`walk` is recursive and calls `visit` for each value, as a library might. `Generator` turns that call into an iterator:
a plain Python generator could not yield out of somebody else's function.
"""

from greenlet import greenlet, getcurrent


class Generator:
    """Iterates over the values that `function` hands to its argument."""

    def __init__(self, function):
        self.function = function
        self.worker = greenlet(self._work)
        self.consumer = None
        self.is_done = False

    def __iter__(self):
        return self

    def __next__(self):
        self.consumer = getcurrent()
        self.worker.parent = self.consumer
        value = self.worker.switch() if not self.is_done else None
        if self.is_done:
            raise StopIteration
        return value

    def _work(self):
        self.function(lambda value: self.consumer.switch(value))
        self.is_done = True


def insert(tree, value):
    if tree is None:
        return (None, value, None)
    left, here, right = tree
    if value < here:
        return (insert(left, value), here, right)
    return (left, here, insert(right, value))


def walk(tree, visit):
    if tree is not None:
        left, here, right = tree
        walk(left, visit)
        visit(here)
        walk(right, visit)


def run():
    words = "the quick brown fox jumps over the lazy dog".split()
    tree = None
    for word in words:
        tree = insert(tree, word)
    print("sorted:", *Generator(lambda visit: walk(tree, visit)))

    # Two walks in step: the same fringe, whatever the shape.
    other = None
    for word in reversed(words):
        other = insert(other, word)
    pairs = zip(Generator(lambda visit: walk(tree, visit)), Generator(lambda visit: walk(other, visit)))
    print("same fringe:", all(left == right for left, right in pairs))

    # Many at once, and deep: 200 generators, each 50 calls down when it yields.
    def deep(depth, visit, value):
        if depth == 0:
            visit(value)
        else:
            deep(depth - 1, visit, value)

    many = [Generator(lambda visit, number=number: deep(50, visit, number)) for number in range(200)]
    print("200 at once:", sum(next(generator) for generator in many))
