"""A module in which the interpreter's periodic check does nothing: what the check costs is what is saved.

The body of the function becomes as many no-operations as it had bytes, so nothing else moves:

    _Py_CheckEmscriptenSignalsPeriodically:   01 01 7f  41 00 28 02 …  0b     →     00  01 01 01 …  0b
"""

name_of_check = b"_Py_CheckEmscriptenSignalsPeriodically"


def number(data, at):
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def sections(module):
    at = 8
    while at < len(module):
        kind, (size, start) = module[at], number(module, at + 1)
        yield kind, start, start + size
        at = start + size


def imported_functions(module, at):
    count, at = number(module, at)
    functions = 0
    for _ in range(count):
        for _ in range(2):
            size, at = number(module, at)
            at += size
        kind, at = module[at], at + 1
        if kind == 0:  # a function: its type
            functions += 1
            _, at = number(module, at)
        elif kind == 4:  # a tag: attribute, type
            _, at = number(module, at + 1)
        elif kind == 3:  # a global: type, mutability
            at += 2
        else:  # a table (with its element type) or a memory: limits
            at += kind == 1
            bounded, at = module[at] & 1, at + 1
            for _ in range(1 + bounded):
                _, at = number(module, at)
    return functions


def index_of_check(module, at, end):
    """The function's index, out of the name section."""
    size, at = number(module, at)
    if module[at : at + size] != b"name":
        return None
    at += size
    while at < end:
        kind, (size, start) = module[at], number(module, at + 1)
        at = start + size
        if kind != 1:
            continue
        count, place = number(module, start)
        for _ in range(count):
            index, place = number(module, place)
            length, place = number(module, place)
            if module[place : place + length] == name_of_check:
                return index
            place += length
    return None


def without_check(module):
    """The module with an empty check; ValueError when it has none of that name."""
    module = bytearray(module)
    imports, code, index = 0, None, None
    for kind, start, end in sections(module):
        if kind == 2:
            imports = imported_functions(module, start)
        elif kind == 10:
            code = start
        elif kind == 0:
            index = index_of_check(module, start, end) or index
    if index is None or code is None:
        raise ValueError(f"the module has no function {name_of_check.decode()}")
    _, at = number(module, code)
    for _ in range(index - imports):
        size, at = number(module, at)
        at += size
    size, at = number(module, at)
    module[at : at + size] = b"\x00" + b"\x01" * (size - 2) + b"\x0b"  # no local variables, nothing, end
    return bytes(module)
