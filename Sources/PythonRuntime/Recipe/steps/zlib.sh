#!/usr/bin/env bash
# zlib as a static archive. Its own configure would only test what we know already, so the files are compiled directly.
set -euo pipefail

tar -xf "$SOURCE_ZLIB" --strip-components=1
read -ra flags <<<"$COMPILE_FLAGS"

mkdir -p out/include out/lib
cp zlib.h zconf.h out/include/
for file in adler32 compress crc32 deflate gzclose gzlib gzread gzwrite infback inffast inflate inftrees trees uncompr \
    zutil; do
    echo "emcc $file.c"
    emcc "${flags[@]}" -DHAVE_UNISTD_H -DHAVE_STDARG_H -D_LARGEFILE64_SOURCE=0 -c "$file.c" -o "$file.o" &
    while (($(jobs -rp | wc -l) >= JOBS)); do wait -n; done
done
while (($(jobs -p | wc -l) > 0)); do wait -n; done
emar rcs out/lib/libz.a ./*.o
mkdir -p out/licenses
cp LICENSE out/licenses/zlib.txt
