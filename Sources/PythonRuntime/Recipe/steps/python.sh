#!/usr/bin/env bash
# Compiles CPython: the objects and archives, not the program (the link step does that).
set -euo pipefail

build=$STEPS/python-configure/build
emmake make -C "$build" -j"$JOBS" Programs/python.o libpython3.14.a pybuilddir.txt
