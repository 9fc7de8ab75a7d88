#!/usr/bin/env bash
# Compiles the context shim: contexts, scheduler, pthreads, blocking calls, dlopen from the linked table.
set -euo pipefail

read -ra flags <<<"$COMPILE_FLAGS"
map=-ffile-prefix-map=$SHIM=shim
# emcc's own clang may be too old for ref.test; this file needs no libc.
"$GC_CC" --target=wasm32-unknown-emscripten -ffreestanding -c -std=gnu11 -O2 -fPIC -mgc "$map" "$SHIM/trampoline.c"
find "$SHIM" -maxdepth 1 -name '*.c' ! -name trampoline.c -print0 | sort -z |
    xargs -0 -n 8 -P "$JOBS" emcc -c -std=gnu11 -Wall -Wextra "${flags[@]}" "$map"
