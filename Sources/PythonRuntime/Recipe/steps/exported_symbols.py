"""Prints the symbols that a main module can export: defined, of default visibility.

usage: exported_symbols.py OURS… -- SYSTEM-ARCHIVES… -- STUBS…

Of the system's archives, files that ours replace (they define a name that ours define) are left alone. The output
is emcc's: one name a line, C names with a leading underscore, sorted. Symbol tables are read as
https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md describes them.
"""

import pathlib
import re
import sys

# Not for extension modules: entry points, what the linker makes itself, what only Emscripten's JavaScript would use,
# and instrumentation.
EXCLUDED = re.compile(
    r"main|__main_void|__main_argc_argv|__original_main|_start|_initialize|__wasm_call_ctors|__em_(js|lib).*"
    r"|(get|set)TempRet0|(__)?llvm_(gc|profile|write_custom).*|__gcov_.*|lprof.*"
)

FUNCTION, DATA, GLOBAL, SECTION, TAG, TABLE = range(6)
BINDING_LOCAL, VISIBILITY_HIDDEN, UNDEFINED, EXPLICIT_NAME = 0x02, 0x04, 0x10, 0x40
LINKING_SYMBOL_TABLE = 8


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def name(self):
        return self.take(self.number()).decode()

    def sections(self):
        while self.at < len(self.data):
            kind = self.take(1)[0]
            yield kind, Reader(self.take(self.number()))


def object_symbols(data):
    """The names that one wasm object defines for others."""
    for kind, section in Reader(data[8:]).sections():
        if kind != 0 or section.name() != "linking":
            continue
        section.number()  # version
        for part, table in Reader(section.data[section.at :]).sections():
            if part == LINKING_SYMBOL_TABLE:
                yield from table_symbols(table)


def table_symbols(table):
    for _ in range(table.number()):
        kind, flags = table.take(1)[0], table.number()
        name = ""
        if kind == DATA:
            name = table.name()
            if not flags & UNDEFINED:
                table.number(), table.number(), table.number()
        elif kind == SECTION:
            table.number()
        else:
            table.number()
            if not flags & UNDEFINED or flags & EXPLICIT_NAME:
                name = table.name()
        if kind in (FUNCTION, DATA) and not flags & (UNDEFINED | BINDING_LOCAL | VISIBILITY_HIDDEN):
            yield name


def objects(data):
    """The wasm objects in an object file or an archive of them."""
    if data.startswith(b"\0asm"):
        yield data
    elif data.startswith(b"!<arch>\n"):
        at = 8
        while at < len(data):
            size = int(data[at + 48 : at + 58])
            member = data[at + 60 : at + 60 + size]
            if member.startswith(b"\0asm"):
                yield member
            at += 60 + size + size % 2
    else:
        sys.exit("neither a wasm object nor an archive")


def defined(path):
    return [set(object_symbols(data)) for data in objects(pathlib.Path(path).read_bytes())]


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
