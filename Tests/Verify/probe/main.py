"""Touches everything that the glue and the kernel do for a program, a little of each.

Its output is the same every time; what `frond verify` compares is the trace beneath it.
"""

import importlib
import sys

PARTS = ["contexts", "files", "network", "process", "threads", "time"]

for name in sys.argv[1:] or PARTS:
    print(f"--- {name}", flush=True)
    importlib.import_module(f"probe_{name}").run()
