"""Tells test.support what this platform has.

CPython's tests skip on Emscripten, without looking, whatever needs sockets, threads or child processes: Emscripten's
own runtime has none. Here they exist, so the tests are to run, and to fail when something is wrong. What asks for
sys.platform itself is left as it is. Natively nothing is changed but the resources.
"""

import pathlib.types  # pathlib's tests name it, and leave importing it to whatever else regrtest has loaded
import sys

from test import support
from test.support import threading_helper

# What regrtest does not enable by itself (the internet, files of gigabytes, a graphical interface) stays off.
support.use_resources = ["cpu", "subprocess"]

if sys.platform == "emscripten":
    support.linked_to_musl()  # remembers the answer, which is yes
    support.is_emscripten = support.is_wasm32 = False
    support.has_subprocess_support = support.has_socket_support = True
    support.has_fork_support = False
    threading_helper.can_start_thread = True
    # Without interpreters inside interpreters the standard library has no such executor, and the tests' mixin names it
    # unconditionally. Its tests are left out.
    import concurrent.futures

    if not hasattr(concurrent.futures, "InterpreterPoolExecutor"):
        concurrent.futures.InterpreterPoolExecutor = None
