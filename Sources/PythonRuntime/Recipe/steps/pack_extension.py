"""Packs one extension module of ours as a wheel: usage pack_extension.py MODULE OUTPUT."""

import pathlib
import sys

from wheel_file import write_wheel

module, output = map(pathlib.Path, sys.argv[1:])
name = module.name.partition(".")[0]
metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n".encode()
write_wheel(output, name, "1", metadata, {module.name: module.read_bytes()})
