"""Single-threaded code that does nothing but compute: what the eval loop's periodic check costs it. Prints seconds."""

import time


def work():
    value = 0
    for number in range(3_000_000):
        value = (value * 31 + number) % 1_000_003
    return value


times = []
for _ in range(7):
    began = time.perf_counter()
    work()
    times.append(time.perf_counter() - began)
print(min(times))
