"""Takes the large tables of numbers out of a C header, so that they need not be in the module that every visitor downloads.

    late_tables.py HEADER FOLDER

`static const TYPE NAME[] = {numbers};` becomes an array of zeros of the same size; the numbers go, one table after the other, into
FOLDER/NAME-OF-HEADER, which is a file of the standard library (in `lib-tables/`, a name that nothing can import). The header gets a
function, late_tables_NAME-OF-HEADER(), that reads them from there; the module's PyInit function calls it (late_tables.c of the shim
and patches/cpython-late-tables.patch).
"""

import pathlib
import re
import struct
import sys

smallest = 512  # bytes; below, a table stays where it is
formats = {"unsigned char": "B", "unsigned short": "H", "unsigned int": "I", "ucs2_t": "H", "DBCHAR": "H"}
# Modules/cjkcodecs/cjkcodecs.h
names = {"U": 0xFFFE, "N": 0xFFFF, "M": 0xFFFE, "D": 0xFFFD}
table = re.compile(r"^static const (%s) (\w+)\[(\d*)\] = \{([^{}]*)\};" % "|".join(formats), re.MULTILINE)

header, folder = map(pathlib.Path, sys.argv[1:])
data, arguments = bytearray(), []


def number(text):
    return names[text] if text in names else int(text, 0)


def take_out(match):
    kind, name, size, text = match.groups()
    values = [number(each) for each in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).replace(",", " ").split()]
    count = int(size or len(values))
    values += [0] * (count - len(values))
    packed = struct.pack(f"<{count}{formats[kind]}", *values)
    if len(packed) < smallest:
        return match[0]
    data.extend(packed)
    arguments.append(f"{name}, sizeof {name}")
    return f"static {kind} {name}[{count}];"


text = table.sub(take_out, header.read_text())
if not arguments:
    sys.exit(f"{header}: no tables")
calls = ",\n        ".join(arguments)
text += f"""
int _Py_LoadTables(const char *path, ...);

static int
late_tables_{header.stem}(void)
{{
    return _Py_LoadTables("/usr/lib/python3.14/lib-tables/{header.stem}",
        {calls}, (void *)0);
}}
"""
header.write_text(text)
folder.mkdir(exist_ok=True)
(folder / header.stem).write_bytes(data)
print(f"{header.name}: {len(arguments)} tables, {len(data)} bytes")
