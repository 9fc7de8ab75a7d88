#!/usr/bin/env bash
# Packages as published, with their extension modules, as wheels that the resolver may choose: see packages.toml.
set -euo pipefail

mkdir -p out/offered out/licenses
CPYTHON=$STEPS/python-configure GREENLET=$STEPS/greenlet/source/src FFI=$STEPS/ffi/out \
    "$BUILD_PYTHON" "$RECIPE/steps/build_packages.py" "$RECIPE/packages.toml" out
