#!/usr/bin/env bash
# libbz2 as a static archive.
set -euo pipefail

tar -xf "$SOURCE_BZIP2" --strip-components=1
read -ra flags <<<"$COMPILE_FLAGS"

mkdir -p out/include out/lib out/licenses
cp bzlib.h out/include/
for file in blocksort bzlib compress crctable decompress huffman randtable; do
    echo "emcc $file.c"
    emcc "${flags[@]}" -D_FILE_OFFSET_BITS=64 -c "$file.c" -o "$file.o"
done
emar rcs out/lib/libbz2.a ./*.o
cp LICENSE out/licenses/bzip2.txt
