"""Prints the symbols that a main module can export: defined, of default visibility.

usage: exported_symbols.py OURS… -- SYSTEM-ARCHIVES… -- STUBS…

Of the system's archives, files that ours replace (they define a name that ours define) are left alone. The output
is emcc's: one name a line, C names with a leading underscore, sorted.
"""

import pathlib
import re
import sys

from wasm_symbols import defined_symbols, objects

# Not for extension modules: entry points, what the linker makes itself, what only Emscripten's JavaScript would use,
# and instrumentation.
EXCLUDED = re.compile(
    r"main|__main_void|__main_argc_argv|__original_main|_start|_initialize|__wasm_call_ctors|__em_(js|lib).*"
    r"|(get|set)TempRet0|(__)?llvm_(gc|profile|write_custom).*|__gcov_.*|lprof.*"
)


def defined(path):
    return [set(defined_symbols(data)) for data in objects(pathlib.Path(path).read_bytes())]


groups = [[]]
for argument in sys.argv[1:]:
    if argument == "--":
        groups.append([])
    else:
        groups[-1] += defined(argument)
ours, system, stubs = groups

names = set().union(*ours)
# A file of libc that ours replace in part is replaced as a whole: asking for the rest of it would bring its other
# definitions along. The stubs are all in one file, of which the linker takes what nobody else defines.
replaced = frozenset(names)
for symbols in system:
    if symbols.isdisjoint(replaced):
        names |= symbols
    elif symbols - replaced:
        print("replaced, and not defined:", *sorted(symbols - replaced), file=sys.stderr)
names = names.union(*stubs)

print("\n".join("_" + name for name in sorted(names) if not EXCLUDED.fullmatch(name)))
