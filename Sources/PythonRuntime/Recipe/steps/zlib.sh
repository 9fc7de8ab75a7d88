#!/usr/bin/env bash
# zlib as a static archive. Its own configure would only test what we know already, so the files are compiled directly.
set -euo pipefail

tar -xf "$SOURCE_ZLIB" --strip-components=1
read -ra flags <<<"$COMPILE_FLAGS"

printf '%s\0' adler32.c compress.c crc32.c deflate.c gzclose.c gzlib.c gzread.c gzwrite.c infback.c inffast.c \
    inflate.c inftrees.c trees.c uncompr.c zutil.c |
    xargs -0 -n 5 -P "$JOBS" emcc "${flags[@]}" -DHAVE_UNISTD_H -DHAVE_STDARG_H -D_LARGEFILE64_SOURCE=0 -c

mkdir -p out/include out/lib out/licenses
cp zlib.h zconf.h out/include/
emar rcs out/lib/libz.a ./*.o
cp LICENSE out/licenses/zlib.txt
