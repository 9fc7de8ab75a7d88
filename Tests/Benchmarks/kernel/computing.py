"""Single-threaded programs of several kinds; prints the least seconds that each took, as one JSON object."""

import json
import time


def loop(count=1_500_000):
    """Nothing but backward jumps, each of which looks at the check: the worst that there is."""
    while count:
        count -= 1


def calls(count=24):
    def fibonacci(n):
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    return fibonacci(count)


def floats(steps=4_000):
    bodies = [[x * 0.7, x * 1.3, x * 0.1, 0.01 * x, 0.02, 0.03, 1.0 + x] for x in range(1, 6)]
    for _ in range(steps):
        for one in bodies:
            for other in bodies:
                if one is not other:
                    dx, dy, dz = one[0] - other[0], one[1] - other[1], one[2] - other[2]
                    pull = 0.001 / (dx * dx + dy * dy + dz * dz + 0.01) ** 1.5
                    one[3] -= dx * other[6] * pull
                    one[4] -= dy * other[6] * pull
                    one[5] -= dz * other[6] * pull
        for body in bodies:
            body[0] += 0.001 * body[3]
            body[1] += 0.001 * body[4]
            body[2] += 0.001 * body[5]


def words(count=30_000):
    text = " ".join(f"word{i % 977} {i * 7 % 331}" for i in range(count))
    seen = {}
    for word in text.split():
        seen[word] = seen.get(word, 0) + len(word)
    return sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:10]


def objects(count=60_000):
    class Node:
        def __init__(self, value, rest):
            self.value, self.rest = value, rest

        def weight(self):
            return self.value % 7

    chain = None
    for i in range(count):
        chain = Node(i, chain)
    total = 0
    while chain is not None:
        total += chain.weight()
        chain = chain.rest
    return total


def least(program, times=9):
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        program()
        best = min(best, time.perf_counter() - began)
    return best


print(json.dumps({program.__name__: least(program) for program in (loop, calls, floats, words, objects)}))
