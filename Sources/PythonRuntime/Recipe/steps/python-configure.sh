#!/usr/bin/env bash
# Unpacks, patches and configures CPython, out of tree.
set -euo pipefail

mkdir source build
tar -xf "$SOURCE_PYTHON" --strip-components=1 -C source
for patch in "$RECIPE"/patches/cpython-*.patch; do
    echo "applying ${patch##*/}"
    patch --directory=source --strip=1 --no-backup-if-mismatch <"$patch"
done
for header in unicodedata_db unicodename_db cjkcodecs/mappings_{cn,hk,jp,kr,tw}; do
    "$BUILD_PYTHON" "$RECIPE/steps/late_tables.py" "source/Modules/$header.h" tables
done

# The interpreter that runs the build must write the same byte code as the one that it builds.
"$BUILD_PYTHON" - <<'PYTHON'
import importlib.util, os, re, sys
header = open("source/Include/internal/pycore_magic_number.h").read()
wanted = int(re.search(r"#define PYC_MAGIC_NUMBER (\d+)", header)[1])
have = int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little")
if have != wanted:
    sys.exit(f"the build's Python {sys.version.split()[0]} writes byte code {have}, CPython's sources want {wanted}")
PYTHON

cd build
CONFIG_SITE="$STEP/source/Platforms/emscripten/config.site-wasm32-emscripten"
export CONFIG_SITE="$CONFIG_SITE $RECIPE/patches/config.site $RECIPE/patches/config.answers"
library() { # NAME ARCHIVE VARIABLE: where configure finds a library, without pkg-config and without Emscripten's ports
    export "$3_CFLAGS=-I$STEPS/$1/out/include" "$3_LIBS=-L$STEPS/$1/out/lib -l$2"
}
library zlib z ZLIB
library bzip2 bz2 BZIP2
library xz lzma LIBLZMA
library sqlite sqlite3 LIBSQLITE3
# sqlite3 needs libm only; -lm is a part of Emscripten's libc.

# -DPY_CALL_TRAMPOLINE: functions of the wrong type are called through a check of their type (see the context shim).
CFLAGS="$COMPILE_FLAGS -DPY_CALL_TRAMPOLINE" OPT="-DNDEBUG -fwrapv -Wall" \
    emconfigure ../source/configure --host=wasm32-unknown-emscripten --build="$(../source/config.guess)" \
    --prefix=/usr --cache-file="$STEP/config.cache" --with-build-python="$BUILD_PYTHON" --with-pymalloc \
    --enable-ipv6 --enable-big-digits=30 --enable-wasm-dynamic-linking --disable-test-modules \
    --without-ensurepip --with-system-libmpdec=no
# configure remembers where it ran; nothing of that may end up in the kit.
grep -n "$STEP" pyconfig.h && exit 1
cp pyconfig.h Makefile ..
