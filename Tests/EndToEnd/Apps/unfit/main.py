import os
import subprocess as sp
import sys
import urllib.request
from multiprocessing import Process

import tkinter

try:
    import curses
except ImportError:
    curses = None

if sys.platform == "win32":
    import winreg

sp.run(["git", "status"])
sp.run([sys.executable, "-c", "print(1)"])
sp.run(["make"])  # frond: ignore[FROND111]
os.system("ls")  # frond: ignore
os.fork()
Process(target=print)
urllib.request.urlopen("http://localhost:8000/")
urllib.request.urlopen("https://example.org/")


def later(command):
    é = sp.run(command)
    return é
