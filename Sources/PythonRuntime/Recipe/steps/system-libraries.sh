#!/usr/bin/env bash
# Emscripten's own libc, libc++, unwinder and compiler-rt, position independent and with the exceptions of the ABI.
# emcc would build them on first use; here they are a step of their own. EM_CACHE points into this step's folder.
set -euo pipefail

embuilder --pic build crt1 libc libclang_rt.builtins-legacysjlj libdlmalloc libstubs libnoexit libunwind-legacyexcept \
    libc++-legacyexcept libc++abi-legacyexcept

# configure links small programs without dynamic linking. Position independent archives serve for those too, so what
# emcc would build a second time is put in place.
libraries=$EM_CACHE/sysroot/lib/wasm32-emscripten
ln -f "$libraries"/pic/* "$libraries/"
