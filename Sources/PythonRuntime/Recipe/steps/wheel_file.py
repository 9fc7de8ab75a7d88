"""Writes wheels: deterministic archives with sorted names, one time stamp and no extra fields."""

import base64
import hashlib
import os
import time
import zipfile

TAG = "cp314-cp314-pyemscripten_2026_0_wasm32"


def write_wheel(folder, name, version, metadata, files):
    """Writes the wheel of `files` (path in the archive: bytes) with the METADATA `metadata` into a folder."""
    info = f"{name}-{version}.dist-info"
    files = dict(files)
    files[f"{info}/METADATA"] = metadata
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: frond\nRoot-Is-Purelib: false\nTag: {TAG}\n".encode()
    record = ""
    for entry, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{entry},sha256={digest},{len(data)}\n"
    record += f"{info}/RECORD,,\n"
    files[f"{info}/RECORD"] = record.encode()

    stamp = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    wheel = folder / f"{name}-{version}-{TAG}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        # The metadata last, as the format recommends.
        for entry in sorted(files, key=lambda entry: (entry.startswith(info), entry)):
            member = zipfile.ZipInfo(entry, stamp)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = (0o755 if entry.endswith(".so") else 0o644) << 16
            archive.writestr(member, files[entry], compresslevel=9)
    print(f"{wheel.name}: {len(files)} files, {wheel.stat().st_size} bytes")
