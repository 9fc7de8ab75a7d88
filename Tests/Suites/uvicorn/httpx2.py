"""In place of httpx2, which wants Pyodide's modules where sys.platform is emscripten: httpx, from which it comes."""

from httpx import *  # noqa: F403
