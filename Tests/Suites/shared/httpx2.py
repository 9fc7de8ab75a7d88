"""In place of httpx2, which wants Pyodide's modules where sys.platform is emscripten: httpx, from which it comes."""

import sys

import httpx

sys.modules[__name__] = httpx
