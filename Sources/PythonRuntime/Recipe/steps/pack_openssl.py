"""Packs extension modules over OpenSSL as a wheel: usage pack_openssl.py VERSION OUTPUT LICENCE LIBRARY…"""

import pathlib
import sys

from wheel_file import write_wheel

NAME = "frond_openssl"

version, output, licence, *libraries = sys.argv[1:]
metadata = f"""\
Metadata-Version: 2.4
Name: {NAME}
Version: {version}
Summary: The modules _ssl and _hashlib of CPython with OpenSSL, a part of Frond's runtime kit
License-Expression: Apache-2.0 AND PSF-2.0
License-File: LICENSE.txt
"""
files = {path.name: path.read_bytes() for path in map(pathlib.Path, libraries)}
files[f"{NAME}-{version}.dist-info/licenses/LICENSE.txt"] = pathlib.Path(licence).read_bytes()
write_wheel(pathlib.Path(output), NAME, version, metadata.encode(), files)
