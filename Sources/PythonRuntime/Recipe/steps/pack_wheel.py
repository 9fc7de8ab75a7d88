"""Packs greenlet's built package as a wheel: usage pack_wheel.py SDIST OUTPUT.

The archive is deterministic: sorted names, one time stamp, no extra fields. Sources in C++ stay out, as they are of no
use without a compiler; the C header, which other packages compile against, and the test package are in it.
"""

import base64
import email
import hashlib
import os
import pathlib
import sys
import time
import zipfile

TAG = "cp314-cp314-pyemscripten_2026_0_wasm32"

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
files[f"{info}/METADATA"] = metadata
files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: frond\nRoot-Is-Purelib: false\nTag: {TAG}\n".encode()
files[f"{info}/top_level.txt"] = b"greenlet\n"
for licence in fields.get_all("License-File", []):
    files[f"{info}/licenses/{licence}"] = (sdist / licence).read_bytes()

record = ""
for entry, data in sorted(files.items()):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    record += f"{entry},sha256={digest},{len(data)}\n"
record += f"{info}/RECORD,,\n"
files[f"{info}/RECORD"] = record.encode()

stamp = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
wheel = output / f"{name}-{version}-{TAG}.whl"
with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
    # The metadata last, as the format recommends.
    for entry in sorted(files, key=lambda entry: (entry.startswith(info), entry)):
        member = zipfile.ZipInfo(entry, stamp)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.create_system = 3
        member.external_attr = (0o755 if entry.endswith(".so") else 0o644) << 16
        archive.writestr(member, files[entry], compresslevel=9)
print(f"{wheel.name}: {len(files)} files, {wheel.stat().st_size} bytes")
