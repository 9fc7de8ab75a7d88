"""Byte-compiles sources for a site; `frond build` runs this in the kit's own Python.

/sources/paths.txt names, one a line, where each source will lie; /sources/N.py is the source of line N. Standard output
gets, in the same order, a length (u32, little-endian) and that many bytes of a .pyc file; the length is 0 for a source
that does not compile, which Python will say when somebody imports it.

The files are "unchecked hash" ones: an image never changes, so no import has to ask for the source's time stamp.
"""

import _imp
import importlib.util
import marshal
import sys

UNCHECKED_HASH = (0b01).to_bytes(4, "little")


def compiled(source: bytes, path: str) -> bytes:
    try:
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return b""
    source_hash = _imp.source_hash(_imp.pyc_magic_number_token, source)
    return importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + source_hash + marshal.dumps(code)


def main() -> None:
    out = sys.stdout.buffer
    with open("/sources/paths.txt", encoding="utf-8") as paths:
        for number, path in enumerate(paths):
            with open(f"/sources/{number}.py", "rb") as file:
                data = compiled(file.read(), path.rstrip("\n"))
            out.write(len(data).to_bytes(4, "little"))
            out.write(data)
    out.flush()


main()
