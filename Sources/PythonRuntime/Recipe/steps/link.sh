#!/usr/bin/env bash
# Links python.wasm: objects and archives once each. Emscripten's JavaScript is made along the way and thrown away.
set -euo pipefail

build=$STEPS/python-configure/build
system=$EM_CACHE/sysroot/lib/wasm32-emscripten/pic

# The main module exports what extension modules may ask for: the Python API, the shim, libc, libm, libc++ with its ABI
# and unwinder, compiler-rt. Whatever nothing asks for is dropped again when a site is linked.
python3 "$RECIPE/steps/exported_symbols.py" \
    "$build/libpython3.14.a" "$STEPS"/shim/*.o -- \
    "$system"/lib{c,c++-legacyexcept,c++abi-legacyexcept,unwind-legacyexcept,dlmalloc,stubs}.a \
    "$system"/libclang_rt.builtins-legacysjlj.a >exports.txt
echo "$(wc -l <exports.txt) exported symbols"

read -ra flags <<<"$COMPILE_FLAGS"
emcc "${flags[@]}" -c "$RECIPE/steps/emscripten_loader.c" -o emscripten_loader.o

read -ra flags <<<"$LINK_FLAGS"
archives=(
    "$build"/Modules/_hacl/*.a "$build/Modules/_decimal/libmpdec/libmpdec.a" "$build/Modules/expat/libexpat.a"
    "$STEPS/zlib/out/lib/libz.a" "$STEPS/bzip2/out/lib/libbz2.a" "$STEPS/xz/out/lib/liblzma.a"
    "$STEPS/sqlite/out/lib/libsqlite3.a"
)
emcc "${flags[@]}" "$STEPS"/shim/*.o emscripten_loader.o \
    -Wl,--whole-archive "$build/libpython3.14.a" -Wl,--no-whole-archive "${archives[@]}" -sEXPORTED_FUNCTIONS=@exports.txt -o linked.js
rm linked.js
mv linked.wasm python.wasm
wasm-tools validate --features all python.wasm
ls -l python.wasm
