#!/usr/bin/env bash
# libffi as a static archive, with calls and closures of our own (patches/libffi-wasm.c). Its configure would write two headers,
# of which we know what they say.
set -euo pipefail

tar -xf "$SOURCE_FFI" --strip-components=1
read -ra flags <<<"$COMPILE_FLAGS"
version=$(sed -n "s/^AC_INIT(\[libffi\],\[\([0-9.]*\)\].*/\1/p" configure.ac)
IFS=. read -r major minor patch <<<"$version"

mkdir -p out/include out/lib out/licenses
sed -e "s/@VERSION@\|@FFI_VERSION_STRING@/$version/" -e "s/@FFI_VERSION_NUMBER@/$((major * 10000 + minor * 100 + patch))/" \
    -e 's/@TARGET@/WASM32/' -e 's/@HAVE_LONG_DOUBLE@/1/' -e 's/@FFI_EXEC_TRAMPOLINE_TABLE@/0/' \
    include/ffi.h.in >out/include/ffi.h
cp src/wasm/ffitarget.h out/include/
printf '#define %s 1\n' HAVE_ALLOCA_H HAVE_LONG_DOUBLE HAVE_MEMCPY STDC_HEADERS >fficonfig.h
echo '#define FFI_HIDDEN __attribute__((visibility("hidden")))' >>fficonfig.h

for file in src/prep_cif.c src/types.c "$RECIPE/patches/libffi-wasm.c"; do
    emcc "${flags[@]}" -std=gnu11 -Wall -fvisibility=hidden -I. -Iout/include -Iinclude -c "$file"
done
emar rcs out/lib/libffi.a ./*.o
cp LICENSE out/licenses/libffi.txt
