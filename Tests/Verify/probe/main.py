"""Touches everything that the glue and the kernel do for a program, a little of each.

Its output is the same every time; what `frond verify` compares is the trace beneath it.
"""

import sys

import probe_contexts
import probe_files
import probe_network
import probe_process
import probe_threads
import probe_time

PARTS = {
    "contexts": probe_contexts.run,
    "files": probe_files.run,
    "network": probe_network.run,
    "process": probe_process.run,
    "threads": probe_threads.run,
    "time": probe_time.run,
}

for name in sys.argv[1:] or PARTS:
    print(f"--- {name}", flush=True)
    PARTS[name]()
