"""Puts sysconfig's data into the standard library, without the paths of the build: usage BUILD LIBRARY."""

import pathlib
import re
import sys

build, library = map(pathlib.Path, sys.argv[1:])
folder = build / (build / "pybuilddir.txt").read_text().strip()
name = "_sysconfigdata__emscripten_wasm32-emscripten"
text = (folder / f"{name}.py").read_text()

# Values that only say where and with what the kit was built. What extension modules are compiled with stays.
source = (build.parent / "source").as_posix()
text = text.replace(build.as_posix(), "/usr/lib/python3.14/config-3.14").replace(source, "/usr/src/python3.14")
text = text.replace("../source", "/usr/src/python3.14")
text = re.sub(r"(/[\w.-]+)*/emscripten/(em\w+(?:\.py)?)", r"\2", text)
text = re.sub(r"/frond/[\w./-]*", "/usr", text)
(library / f"{name}.py").write_text(text)
for extra in folder.glob("_sysconfig_vars_*.json"):
    pass  # the same once more, for tools that do not run Python; they have no use for a kit
