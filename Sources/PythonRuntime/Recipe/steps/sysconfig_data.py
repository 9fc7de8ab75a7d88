"""Puts sysconfig's data into the standard library, without the paths of the build: usage BUILD LIBRARY."""

import os
import pathlib
import re
import sys

build, library = map(pathlib.Path, sys.argv[1:])
name = "_sysconfigdata__emscripten_wasm32-emscripten.py"
text = (build / (build / "pybuilddir.txt").read_text().strip() / name).read_text()

# Values that only say where the kit was built. What extension modules are compiled with stays.
source = (build.parent / "source").as_posix()
text = re.sub(r" -ffile-prefix-map=[^ ']*", "", text)
text = text.replace(build.as_posix(), "/usr/lib/python3.14/config-3.14")
text = text.replace(source, "/usr/src/python3.14").replace("../source", "/usr/src/python3.14")
text = re.sub(r"(/[\w.-]+)*/emscripten/(em[\w+]+(?:\.py)?)", r"\2", text)
text = re.sub(re.escape(os.environ["STEPS"]) + r"[\w./-]*", "/usr", text)
(library / name).write_text(text)
