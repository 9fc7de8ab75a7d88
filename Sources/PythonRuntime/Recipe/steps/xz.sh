#!/usr/bin/env bash
# liblzma as a static archive, without threads: Python's lzma module uses none.
set -euo pipefail

tar -xf "$SOURCE_XZ" --strip-components=1

CFLAGS="$COMPILE_FLAGS" emconfigure ./configure --host=wasm32-unknown-emscripten --prefix="$PWD/out" --disable-shared \
    --enable-static --disable-threads --disable-xz --disable-xzdec --disable-lzmadec --disable-lzmainfo \
    --disable-lzma-links --disable-scripts --disable-doc --disable-nls --disable-symbol-versions
emmake make -j"$JOBS" -C src/liblzma install
mkdir -p out/licenses
cp COPYING.0BSD out/licenses/xz.txt
