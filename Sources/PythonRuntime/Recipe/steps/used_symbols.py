"""Prints what objects use of archives: usage used_symbols.py OBJECT… -- ARCHIVE…

The output is a list of exports for emcc: one name a line, with a leading underscore, sorted.
"""

import pathlib
import sys

from wasm_symbols import defined_symbols, objects, undefined_symbols


def symbols(paths, read):
    return {name for path in paths for data in objects(pathlib.Path(path).read_bytes()) for name in read(data)}


separator = sys.argv.index("--")
used = symbols(sys.argv[1:separator], undefined_symbols)
offered = symbols(sys.argv[separator + 1 :], defined_symbols)
print("\n".join("_" + name for name in sorted(used & offered)))
