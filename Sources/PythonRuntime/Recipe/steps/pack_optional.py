"""Packs a part of CPython that only some programs get as a wheel: usage pack_optional.py NAME VERSION LICENCES WHAT TEXT FOLDER OUTPUT.

LICENCES is an SPDX expression, WHAT is said in the summary, TEXT is the file of the library's licence; everything below FOLDER goes
into the wheel.
"""

import pathlib
import sys

from wheel_file import write_wheel

name, version, licences, what = sys.argv[1:5]
text, folder, output = map(pathlib.Path, sys.argv[5:])
metadata = f"""\
Metadata-Version: 2.4
Name: {name}
Version: {version}
Summary: {what}, a part of Frond's runtime kit
License-Expression: {licences}
License-File: LICENSE.txt
"""
files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
files[f"{name}-{version}.dist-info/licenses/LICENSE.txt"] = text.read_bytes()
write_wheel(output, name, version, metadata.encode(), files)
