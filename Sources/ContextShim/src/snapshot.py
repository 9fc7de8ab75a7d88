"""What a start in two parts does in Python (start.c): imports before the copy of memory, and after it whatever must not be the
same in every start from that copy.
"""

import gc
import os
import sys
from importlib.machinery import PathFinder


class Later(BaseException):
    """A package wants a module of the program's own, which can be imported only when the program runs."""


class LaterFinder:
    """The last finder: a module that nobody else has found may be one of the program's."""

    def __init__(self):
        # Where Python will look first (sys.path[0]): the script's folder, or the working directory for -c and -m.
        script = sys.argv[0] if sys.argv[0] not in ("-c", "-m") else ""
        self.folder = os.path.dirname(os.path.abspath(script)) if script else os.getcwd()

    def find_spec(self, name, path=None, target=None):
        if path is None and PathFinder.find_spec(name, [self.folder]):
            raise Later(name)
        return None


def prepare(modules):
    """Imports modules, whose names have commas between. One that can't be imported will say so to the program that wants it."""
    finder = LaterFinder()
    sys.meta_path.append(finder)
    # A file that was written would not be there in a later start.
    writes = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    # What imports make stays: of a hundred thousand objects a few hundred are garbage, and looking for it is a tenth of the time
    # that they take. So all of it grows old unlooked at.
    gc.disable()
    for name in modules.split(","):
        try:
            __import__(name)
        except BaseException:
            pass
    sys.dont_write_bytecode = writes
    sys.meta_path.remove(finder)
    sys.path_importer_cache.pop(finder.folder, None)
    gc.freeze()
    gc.unfreeze()
    gc.enable()


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
        loaded["_ssl"].RAND_add(os.urandom(48), 48.0)
    if "logging" in loaded:
        loaded["logging"]._startTime = loaded["time"].time_ns()
