#!/bin/sh
# Builds the wasm programs of the glue's tests. Their .wasm files are committed, so that tests need no compiler.
# Any clang that knows wasm32 does, the one of the Swift toolchain too.
set -eu
cd "$(dirname "$0")/programs"
for source in *.c; do
    "${CLANG:-clang}" --target=wasm32-unknown-unknown -O2 -nostdlib -fno-builtin -Wall -Wextra -Wno-parentheses \
        -Wno-unused-parameter -Wno-infinite-recursion -Wno-unused-function -Wno-unused-variable \
        -Wl,--no-entry -Wl,-z,stack-size=65536 -Wl,--max-memory=2147483648 -Wl,--export-memory -Wl,--export-table \
        -Wl,--export=frond_host_depth -Wl,--export=frond_events_pending \
        -o "${source%.c}.wasm" "$source"
    echo "${source%.c}.wasm: $(wc -c < "${source%.c}.wasm") bytes"
done
