#!/usr/bin/env bash
# Compiles the context shim: contexts, scheduler, pthreads, blocking calls, dlopen from the linked table.
set -euo pipefail

read -ra flags <<<"$COMPILE_FLAGS"
for file in "$SHIM"/*.c; do
    object=$(basename "$file" .c).o
    echo "compiling ${file##*/}"
    case $object in
    # emcc's own clang may be too old for ref.test; this file needs no libc.
    trampoline.o)
        "$GC_CC" --target=wasm32-unknown-emscripten -ffreestanding -c -std=gnu11 -O2 -fPIC -mgc \
            -ffile-prefix-map="$SHIM"=shim "$file" -o "$object" &
        ;;
    *) emcc -c -std=gnu11 -Wall -Wextra "${flags[@]}" -ffile-prefix-map="$SHIM"=shim "$file" -o "$object" & ;;
    esac
    while (($(jobs -rp | wc -l) >= JOBS)); do wait -n; done
done
while (($(jobs -rp | wc -l) > 0)); do wait -n; done
wait
