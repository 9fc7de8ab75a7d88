#!/usr/bin/env bash
# CPython's _ssl and _hashlib over OpenSSL, as a wheel that only those programs get that need it.
#
# Both modules need one library, so that libcrypto is in a program once. It exports what the two ask for and nothing
# else; the rest of OpenSSL that nothing reaches is dropped here.
set -euo pipefail

source=$STEPS/python-configure/source
build=$STEPS/python-configure/build
openssl=$STEPS/openssl/out
suffix=.cpython-314-wasm32-emscripten.so

read -ra flags <<<"$COMPILE_FLAGS"
flags+=(
    -std=gnu11 -fno-strict-aliasing -fwrapv -DNDEBUG -DPy_BUILD_CORE_MODULE -I"$source/Include"
    -I"$source/Include/internal" -I"$source/Include/internal/mimalloc" -I"$source/Modules" -I"$build" -I"$openssl/include"
)
declare -A sources=([_ssl]=_ssl.c [_hashlib]=_hashopenssl.c)
for name in "${!sources[@]}"; do
    echo "compiling ${sources[$name]}"
    emcc "${flags[@]}" -fvisibility=hidden -c "$source/Modules/${sources[$name]}" -o "$name.o"
done

python3 "$RECIPE/steps/used_symbols.py" _ssl.o _hashlib.o -- "$openssl"/lib/*.a >exports.txt
echo "$(wc -l <exports.txt) functions and variables of OpenSSL are used"

library() { # OUTPUT EXPORTS INPUT…
    local output=$1 exports=$2
    shift 2
    emcc -O2 -fwasm-exceptions -sSUPPORT_LONGJMP=wasm -sSIDE_MODULE=2 -sWASM_BIGINT --profiling-funcs \
        -sEXPORTED_FUNCTIONS="$exports" "$@" -o "$output"
}
library libopenssl.so @exports.txt "$openssl"/lib/libssl.a "$openssl"/lib/libcrypto.a
for name in "${!sources[@]}"; do
    library "$name$suffix" "_PyInit_$name" "$name.o" libopenssl.so
done
wasm-tools validate --features all libopenssl.so
ls -l ./*.so

version=$(sed -n 's,^# *define OPENSSL_VERSION_STR "\(.*\)"$,\1,p' "$openssl/include/openssl/opensslv.h")
mkdir -p out/optional wheel
mv ./*.so wheel
python3 "$RECIPE/steps/pack_optional.py" frond_openssl "$version" "Apache-2.0 AND PSF-2.0" \
    "The modules _ssl and _hashlib of CPython with OpenSSL" "$openssl/licenses/openssl.txt" wheel out/optional
