#!/usr/bin/env bash
# What the kernel and the reference runtime must know of C: sizes, offsets and numbers, measured by the compiler.
set -euo pipefail

read -ra flags <<<"$COMPILE_FLAGS"
emcc "${flags[@]}" "$RECIPE/steps/abi.c" -o abi.js
# em-config prints a list: ['/usr/bin/node']
node=$(em-config NODE_JS | tr -d "[]',")
"${node%% *}" abi.js >abi.json
python3 -m json.tool abi.json >/dev/null
