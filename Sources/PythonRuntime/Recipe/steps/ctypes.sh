#!/usr/bin/env bash
# CPython's ctypes over libffi, as a wheel that only those programs get that import it; and the library of its tests.
set -euo pipefail

source=$STEPS/python-configure/source
ffi=$STEPS/ffi/out
suffix=.cpython-314-wasm32-emscripten.so

mkdir -p out/optional out/tests/wheels
mkdir Modules Lib
cp -R "$source/Modules/_ctypes" Modules/
cp -R "$source/Lib/ctypes" Lib/
rm -r Lib/ctypes/macholib # another platform
patch --strip=1 --no-backup-if-mismatch <"$RECIPE/patches/ctypes.patch"

read -ra flags <<<"$COMPILE_FLAGS"
# -DPY_CALL_TRAMPOLINE: as in CPython itself, whose structures it changes.
flags+=(
    -std=gnu11 -fno-strict-aliasing -fwrapv -DNDEBUG -DPY_CALL_TRAMPOLINE -DPy_BUILD_CORE_MODULE -DHAVE_FFI_PREP_CIF_VAR=1
    -DHAVE_FFI_PREP_CLOSURE_LOC=1 -DHAVE_FFI_CLOSURE_ALLOC=1 -I"$source/Include" -I"$source/Include/internal"
    -I"$source/Include/internal/mimalloc" -I"$source/Modules" -I"$STEPS/python-configure/build" -I"$ffi/include"
)
extension() { # NAME EXPORTS INPUT…
    local name=$1 exports=$2
    shift 2
    emcc -O2 -fwasm-exceptions -sSUPPORT_LONGJMP=wasm -sSIDE_MODULE=2 -sWASM_BIGINT --profiling-funcs \
        -sEXPORTED_FUNCTIONS="$exports" "$@" -o "$name$suffix"
    wasm-tools validate --features all "$name$suffix"
}
cd Modules/_ctypes
printf '%s\0' _ctypes.c callbacks.c callproc.c cfield.c stgdict.c | xargs -0 -n 1 -P "$JOBS" \
    emcc "${flags[@]}" -fvisibility=hidden -c
extension _ctypes _PyInit__ctypes ./*.o "$ffi/lib/libffi.a"
# Its functions are what tests look up by name.
emcc "${flags[@]}" -c _ctypes_test.c -o test.o
python3 - "$RECIPE/steps" test.o >exports.txt <<'PYTHON'
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from wasm_symbols import defined_symbols
print("\n".join("_" + name for name in sorted(defined_symbols(pathlib.Path(sys.argv[2]).read_bytes()))))
PYTHON
extension _ctypes_test @exports.txt test.o
ls -l ./*.so
mv ./*.so "$STEP"
cd "$STEP"

version=$(sed -n 's/^#define PY_VERSION  *"\(.*\)"/\1/p' "$source/Include/patchlevel.h")
mkdir wheel
mv "_ctypes$suffix" Lib/ctypes wheel
python3 "$RECIPE/steps/pack_optional.py" frond_ctypes "$version" "MIT AND PSF-2.0" \
    "The module ctypes of CPython with libffi" "$ffi/licenses/libffi.txt" wheel out/optional
python3 "$RECIPE/steps/pack_extension.py" "_ctypes_test$suffix" out/tests/wheels
