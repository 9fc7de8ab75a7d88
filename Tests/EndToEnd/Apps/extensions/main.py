"""Extension modules of wheels as the package index has them, all linked into one module: a small real use of each."""

import contextlib
import datetime
import sys


def use_apsw():
    import apsw

    with contextlib.closing(apsw.Connection("/tmp/apsw.db")) as connection:
        connection.execute("create virtual table notes using fts5(text)")
        connection.executemany("insert into notes values (?)", [("a fern has fronds",), ("a tree has leaves",)])
        connection.create_scalar_function("shout", lambda text: text.upper() + "!")
        return [row[0] for row in connection.execute("select shout(text) from notes where notes match 'fronds'")]


def use_argon2():
    from _argon2_cffi_bindings import ffi, lib

    hashed, encoded = ffi.new("uint8_t[]", 16), ffi.new("char[]", 128)
    password, salt = b"fern", b"eight or more"
    status = lib.argon2_hash(
        1, 64, 2, password, len(password), salt, len(salt), hashed, len(hashed), encoded, len(encoded), lib.Argon2_id,
        lib.ARGON2_VERSION_13)
    good = lib.argon2_verify(ffi.string(encoded), password, len(password), lib.Argon2_id)
    bad = lib.argon2_verify(ffi.string(encoded), b"tree", 4, lib.Argon2_id)
    return status, ffi.string(encoded).decode(), good, ffi.string(lib.argon2_error_message(bad)).decode()


def use_cbor2():
    import cbor2

    value = {"when": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), "big": 1 << 80, "list": [1.5, None, b"x"]}
    return cbor2.loads(cbor2.dumps(value)) == value


def use_cffi():
    import cffi

    ffi = cffi.FFI()
    ffi.cdef("""
        void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
        int snprintf(char *, size_t, const char *, ...);
    """)
    program = ffi.dlopen(None)
    numbers = ffi.new("int[]", [5, 2, 9, 1])

    @ffi.callback("int(const void *, const void *)")
    def descending(one, other):
        return ffi.cast("int *", other)[0] - ffi.cast("int *", one)[0]

    program.qsort(numbers, len(numbers), ffi.sizeof("int"), descending)
    text = ffi.new("char[]", 32)
    program.snprintf(text, 32, b"%s: %d, %.2f", ffi.new("char[]", b"fern"), ffi.cast("int", 7), ffi.cast("double", 0.5))
    return list(numbers), ffi.string(text)


def use_charset_normalizer():
    import charset_normalizer
    import charset_normalizer.md

    text = "Größere Straßen führen über äußerst schöne Brücken. " * 8
    return charset_normalizer.md.__file__.endswith(".so"), \
        str(charset_normalizer.from_bytes(text.encode("utf-16")).best()) == text


def use_cramjam():
    import cramjam

    data = b"greenlets " * 10_000
    sizes = {}
    for name in ("gzip", "brotli", "zstd", "lz4", "snappy"):
        codec = getattr(cramjam, name)
        packed = codec.compress(data)
        sizes[name] = bytes(codec.decompress(packed)) == data and len(packed) < len(data) // 10
    return sizes


def use_css_inline():
    import css_inline

    page = "<html><head><style>h1 { color: green }</style></head><body><h1>Fern</h1></body></html>"
    return 'style="color: green' in css_inline.inline(page)


def use_ctypes():
    import ctypes
    import threading

    program = ctypes.CDLL(None)
    compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    numbers = (ctypes.c_int * 4)(5, 2, 9, 1)
    program.qsort(numbers, ctypes.c_size_t(4), ctypes.c_size_t(4), compare(lambda one, other: one[0] - other[0]))
    # A call that waits, while another thread runs.
    seen = []
    thread = threading.Thread(target=seen.append, args=("meanwhile",))
    thread.start()
    program.usleep(20_000)
    seen.append("afterwards")
    try:
        program.strlen(ctypes.c_double(1))
    except TypeError as error:
        problem = str(error).partition(":")[0]
    return list(numbers), seen, problem


def use_jiter():
    import jiter

    try:
        jiter.from_json(b'{"a": [1, 2,, 3]}')
    except ValueError as error:
        problem = str(error)
    return jiter.from_json(b'{"a": [1, 2.5, "x"]}'), problem


def use_msgpack():
    import msgpack

    value = {"a": [1, -(2**63), 2.5, "text", b"bytes", None, True]}
    return msgpack.Packer.__module__, msgpack.unpackb(msgpack.packb(value)) == value


def use_msgspec():
    import msgspec

    class Point(msgspec.Struct):
        x: int
        y: float = 0.5

    try:
        msgspec.json.decode(b'{"x": "no"}', type=Point)
    except msgspec.ValidationError as error:
        problem = str(error)
    return msgspec.json.decode(b'{"x": 3}', type=Point), problem


def use_pydantic_core():
    from pydantic_core import SchemaValidator, ValidationError, core_schema

    validator = SchemaValidator(core_schema.list_schema(core_schema.int_schema(gt=0)))
    try:
        validator.validate_python([1, -2, "x"])
    except ValidationError as error:
        problems = [problem["type"] for problem in error.errors()]
    return validator.validate_json(b"[1, 2, 3]"), problems


def use_simplejson():
    import decimal

    import simplejson
    from simplejson import _speedups

    text = simplejson.dumps({"price": decimal.Decimal("1.10")}, use_decimal=True)
    return _speedups.__name__, text, simplejson.loads(text, use_decimal=True)["price"] == decimal.Decimal("1.1")


def use_xxhash():
    import xxhash

    return xxhash.xxh64_hexdigest(b"greenlet", seed=20141025), xxhash.xxh3_128_hexdigest(b"")


def main():
    failed = 0
    for name, use in sorted(globals().items()):
        if not name.startswith("use_"):
            continue
        try:
            print(f"{name[4:]}: {use()}", flush=True)
        except Exception as error:  # the others are still worth trying
            failed += 1
            print(f"{name[4:]}: FAILED {type(error).__name__}: {error}", flush=True)
    print("done" if not failed else f"{failed} failed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
