#!/bin/sh
# Builds the wasm programs of these tests with emcc. Their .wasm files are committed, so that tests need no compiler.
set -eu
cd "$(dirname "$0")"
source=${1:-../../../Sources/ContextShim/src}
flags='-std=gnu11 -O2 -fPIC -Wall -Wextra -fwasm-exceptions -sSUPPORT_LONGJMP=wasm'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$source"/*.c; do
    name=$(basename "$file" .c)
    case $name in cpython | compiled_strings | late_tables | trampoline) continue ;; esac
    emcc -c $flags "$file" -o "$work/$name.o"
done
for program in *.c; do
    emcc $flags -I"$source" "$program" "$work"/*.o --no-entry -sWASM_BIGINT -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=2147483648 \
        -sERROR_ON_UNDEFINED_SYMBOLS=0 -sSTACK_SIZE=1048576 -sEXPORT_ALL -Wl,--export-all -Wl,--allow-multiple-definition \
        -o "$work/${program%.c}.js" 2>"$work/log" || { cat "$work/log"; exit 1; }
    mv "$work/${program%.c}.wasm" .
    echo "${program%.c}.wasm: $(wc -c <"${program%.c}.wasm") bytes"
done
