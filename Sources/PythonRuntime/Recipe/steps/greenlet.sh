#!/usr/bin/env bash
# Builds upstream's greenlet, patched to run each greenlet in a context of its own, and packs the wheel.
set -euo pipefail

build=$STEPS/python-configure
mkdir source
tar -xf "$SOURCE_GREENLET" --strip-components=1 -C source
for patch in "$RECIPE"/patches/greenlet-*.patch; do
    echo "applying ${patch##*/}"
    patch --directory=source --strip=1 --no-backup-if-mismatch <"$patch"
done
cp "$RECIPE"/patches/greenlet_context.h source/src/greenlet/

cd source/src/greenlet
suffix=.cpython-314-wasm32-emscripten.so
read -ra flags <<<"$COMPILE_FLAGS"
flags+=(-fno-strict-aliasing -DNDEBUG -I"$build/source/Include" -I"$build/build" -I.)
extension() { # NAME SOURCE COMPILER-FLAGS…: one extension module that exports its init function and nothing else
    local name=$1 source=$2
    shift 2
    echo "compiling $source"
    emcc "${flags[@]}" -O3 -fvisibility=hidden "$@" -c "$source" -o "$name.o"
    emcc -O2 -fwasm-exceptions -sSUPPORT_LONGJMP=wasm -sSIDE_MODULE=2 -sWASM_BIGINT --profiling-funcs \
        -sEXPORTED_FUNCTIONS="_PyInit_$name" "$name.o" -o "$name$suffix"
    rm "$name.o"
}
# Hidden inline functions, else C++ functions with weak linkage are called through stubs that put frames on the stack.
extension _greenlet greenlet.cpp -std=c++17 -fvisibility-inlines-hidden -DGREENLET_SEPARATE_STACKS
cd tests
flags+=(-I..)
extension _test_extension _test_extension.c -std=gnu11
extension _test_extension_cpp _test_extension_cpp.cpp -std=c++17 -fvisibility-inlines-hidden
# Our own user of greenlet.h, which only tests of the kit get.
cp "$RECIPE/tests/greenlet_capi.c" .
extension greenlet_capi greenlet_capi.c -std=gnu11 -Wall -Wno-missing-field-initializers
cd "$STEP"
mkdir -p out/wheels out/tests/wheels out/licenses
mv "source/src/greenlet/tests/greenlet_capi$suffix" .
python3 "$RECIPE/steps/pack_greenlet.py" source out/wheels
python3 "$RECIPE/steps/pack_extension.py" "greenlet_capi$suffix" out/tests/wheels
cat source/LICENSE source/LICENSE.PSF >out/licenses/greenlet.txt
