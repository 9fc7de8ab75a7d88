"""Packs ctypes as a wheel: usage pack_ctypes.py VERSION MODULE PACKAGE LICENCE OUTPUT."""

import pathlib
import sys

from wheel_file import write_wheel

NAME = "frond_ctypes"

version = sys.argv[1]
module, package, licence, output = map(pathlib.Path, sys.argv[2:])
metadata = f"""\
Metadata-Version: 2.4
Name: {NAME}
Version: {version}
Summary: The module ctypes of CPython with libffi, a part of Frond's runtime kit
License-Expression: MIT AND PSF-2.0
License-File: LICENSE.txt
"""
files = {path.relative_to(package.parent).as_posix(): path.read_bytes() for path in package.rglob("*.py")}
files[module.name] = module.read_bytes()
files[f"{NAME}-{version}.dist-info/licenses/LICENSE.txt"] = licence.read_bytes()
write_wheel(output, NAME, version, metadata.encode(), files)
