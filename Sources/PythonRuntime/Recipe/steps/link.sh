#!/usr/bin/env bash
# Links python.wasm: objects and archives once each. Emscripten's JavaScript is made along the way and thrown away.
set -euo pipefail

build=$STEPS/python-configure/build
system=$EM_CACHE/sysroot/lib/wasm32-emscripten/pic

read -ra flags <<<"$COMPILE_FLAGS"
emcc "${flags[@]}" -c "$RECIPE/steps/emscripten_loader.c" -o emscripten_loader.o
# Emscripten has no users and groups, though musl has the code and the kernel has /etc/passwd and /etc/group.
libraries=$(dirname "$(readlink -f "$(command -v emcc)")")/system/lib
musl=$libraries/libc/musl
for file in getpw_a getpw_r getpwent getpwent_a getgr_a getgr_r getgrent getgrent_a getgrouplist nscd_query; do
    emcc "${flags[@]}" -std=gnu99 -w -D_XOPEN_SOURCE=700 -I"$musl/src/internal" -I"$musl/src/include" \
        -I"$musl/arch/emscripten" -c "$musl/src/passwd/$file.c" -o "passwd_$file.o"
done

# The counters of a kit that takes a profile.
if [ "$PROFILE_FLAGS" = generate ]; then
    runtime=$libraries/compiler-rt
    for part in "" Buffer Internal NameVar PlatformLinux Util Value VersionVar Writer; do
        emcc "${flags[@]}" -w -I"$runtime/include" -c "$runtime/lib/profile/InstrProfiling$part.c" -o "profile_$part.o"
    done
    emcc "${flags[@]}" -w -I"$runtime/include" -I"$runtime/lib/profile" -c "$RECIPE/profile/writer.c" -o profile_writer.o
fi

# The main module exports what extension modules may ask for: the Python API, the shim, libc, libm, libc++ with its ABI
# and unwinder, compiler-rt. Whatever nothing asks for is dropped again when a site is linked.
python3 "$RECIPE/steps/exported_symbols.py" \
    "$build/libpython3.14.a" "$STEPS"/shim/*.o ./passwd_*.o -- \
    "$system"/lib{c,c++-legacyexcept,c++abi-legacyexcept,unwind-legacyexcept,dlmalloc}.a \
    "$system"/libclang_rt.builtins-legacysjlj.a -- "$system/libstubs.a" >exports.txt
echo "$(wc -l <exports.txt) exported symbols"

read -ra flags <<<"$LINK_FLAGS"
archives=(
    "$build"/Modules/_hacl/*.a "$build/Modules/_decimal/libmpdec/libmpdec.a" "$build/Modules/expat/libexpat.a"
    "$STEPS/zlib/out/lib/libz.a" "$STEPS/bzip2/out/lib/libbz2.a" "$STEPS/xz/out/lib/liblzma.a"
    "$STEPS/sqlite/out/lib/libsqlite3.a"
)
emcc "${flags[@]}" "$STEPS"/shim/*.o ./*.o \
    -Wl,--whole-archive "$build/libpython3.14.a" -Wl,--no-whole-archive "${archives[@]}" \
    -sEXPORTED_FUNCTIONS=@exports.txt -o linked.js
rm linked.js
mv linked.wasm python.wasm
wasm-tools validate --features all python.wasm
ls -l python.wasm

# What is linked in from the toolchain and from CPython's own copies of other projects.
mkdir -p out/licenses
cp "$RECIPE"/licenses/*.txt out/licenses/
cp "$musl/COPYRIGHT" out/licenses/musl.txt
cp "$STEPS/python-configure/source/Doc/license.rst" out/licenses/python-incorporated-software.txt
cp "$STEPS/python-configure/source/Modules/expat/COPYING" out/licenses/expat.txt
