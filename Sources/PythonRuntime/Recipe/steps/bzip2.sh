#!/usr/bin/env bash
# libbz2 as a static archive.
set -euo pipefail

tar -xf "$SOURCE_BZIP2" --strip-components=1
read -ra flags <<<"$COMPILE_FLAGS"

emcc "${flags[@]}" -D_FILE_OFFSET_BITS=64 \
    -c blocksort.c bzlib.c compress.c crctable.c decompress.c huffman.c randtable.c

mkdir -p out/include out/lib out/licenses
cp bzlib.h out/include/
emar rcs out/lib/libbz2.a ./*.o
cp LICENSE out/licenses/bzip2.txt
