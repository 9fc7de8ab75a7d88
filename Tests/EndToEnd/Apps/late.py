"""Reads files that a build's dry run does not: it has no terminal. They come when the program asks for them."""

import importlib
import inspect
import sys
import threading
import time

done = threading.Event()
others = 0


def work():
    global others
    while not done.is_set():
        others += 1
        time.sleep(0)


if sys.stdin.isatty():
    thread = threading.Thread(target=work)
    thread.start()
    before = others
    module = importlib.import_module("color" + "sys")
    done.set()
    thread.join()
    print("hsv:", module.rgb_to_hsv(1, 0, 0))
    print("source:", inspect.getsource(module).count("def "))
    print("others went on:", others > before)
print("done")
