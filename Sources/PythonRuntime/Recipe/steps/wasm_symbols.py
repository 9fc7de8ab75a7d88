"""Reads the symbol tables of wasm objects and archives, as
https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md describes them.
"""

import sys

FUNCTION, DATA, GLOBAL, SECTION, TAG, TABLE = range(6)
BINDING_LOCAL, VISIBILITY_HIDDEN, UNDEFINED, EXPLICIT_NAME = 0x02, 0x04, 0x10, 0x40
LINKING_SYMBOL_TABLE = 8
IMPORT_SECTION = 2


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


def defined_symbols(data):
    """The names that one wasm object defines for others."""
    for kind, flags, name in symbol_table(data):
        if kind in (FUNCTION, DATA) and not flags & (UNDEFINED | BINDING_LOCAL | VISIBILITY_HIDDEN):
            yield name


def undefined_symbols(data):
    """The names that one wasm object wants of others."""
    for kind, flags, name in symbol_table(data):
        if kind == DATA and flags & UNDEFINED:
            yield name
    # The symbol table names functions only by their import.
    for kind, section in Reader(data[8:]).sections():
        if kind == IMPORT_SECTION:
            yield from imported_functions(section)


def imported_functions(section):
    for _ in range(section.number()):
        section.name()
        name, kind = section.name(), section.take(1)[0]
        if kind == 0:  # function
            section.number()
            yield name
        elif kind == 3:  # global
            section.take(2)
        elif kind == 4:  # tag
            section.take(1)
            section.number()
        else:  # table, memory
            if kind == 1:
                section.take(1)
            has_maximum = section.take(1)[0] & 1
            section.number()
            if has_maximum:
                section.number()


def symbol_table(data):
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
        yield kind, flags, name


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
