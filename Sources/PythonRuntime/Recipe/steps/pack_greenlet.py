"""Packs greenlet's built package as a wheel: usage pack_greenlet.py SDIST OUTPUT.

Sources in C++ stay out, as they are of no use without a compiler; the C header, which other packages compile against,
and the test package are in it.
"""

import email
import pathlib
import sys

from wheel_file import write_wheel

sdist, output = map(pathlib.Path, sys.argv[1:])
metadata = (sdist / "PKG-INFO").read_bytes()
fields = email.message_from_bytes(metadata)
name, version = fields["Name"], fields["Version"]
info = f"{name}-{version}.dist-info"

package = sdist / "src" / "greenlet"
files = {}
for path in sorted(package.rglob("*")):
    if path.suffix in (".py", ".so") or path.name == "greenlet.h":
        files[f"greenlet/{path.relative_to(package).as_posix()}"] = path.read_bytes()
files[f"{name}-{version}.data/headers/greenlet.h"] = (package / "greenlet.h").read_bytes()
files[f"{info}/top_level.txt"] = b"greenlet\n"
for licence in fields.get_all("License-File", []):
    files[f"{info}/licenses/{licence}"] = (sdist / licence).read_bytes()
write_wheel(output, name, version, metadata, files)
