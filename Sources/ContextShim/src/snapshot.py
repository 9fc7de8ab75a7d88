"""What a start in two parts does in Python (start.c): imports before the copy of memory, and after it whatever must not be the
same in every start from that copy.
"""

import sys


def prepare(modules):
    """Imports modules, whose names have commas between. One that can't be imported will say so to the program that wants it."""
    # A file that was written would not be there in a later start.
    writes = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    for name in modules.split(","):
        try:
            __import__(name)
        except BaseException:
            pass
    sys.dont_write_bytecode = writes


def go_on(timezone, daylight, standard, summer):
    """The program begins, in the process that imported or in one that got a copy of it, perhaps elsewhere in the world."""
    loaded = sys.modules
    del loaded[__name__]
    # What modules take when they are imported: where they are, random numbers, what time it is.
    if "time" in loaded:
        time = loaded["time"]
        time.timezone, time.altzone, time.daylight = timezone, timezone - 3600, daylight
        time.tzname = (standard, summer)
    for name in ("random", "numpy.random"):
        if name in loaded:
            loaded[name].seed()
    if "_ssl" in loaded:
        loaded["_ssl"].RAND_add(loaded["os"].urandom(48), 48.0)
    if "logging" in loaded:
        loaded["logging"]._startTime = loaded["time"].time_ns()
