#!/usr/bin/env bash
# Compiles CPython: the objects and archives, not the program (the link step does that). The compiler goes by a profile of
# what programs spent their time in; Scripts/profile-python takes that, from a kit whose PROFILE_FLAGS are "generate".
set -euo pipefail

build=$STEPS/python-configure/build
if [ "$PROFILE_FLAGS" = generate ]; then
    flags=-fprofile-generate
    stamp=$flags
else
    # What is kept is text, which every LLVM reads. Functions that have changed since, and those of another compiler
    # that divides them otherwise, are compiled without a profile.
    xz -dc "$RECIPE/profile/cpython.proftext.xz" >cpython.proftext
    "$(emcc -print-prog-name=llvm-profdata)" merge -o cpython.profdata cpython.proftext
    flags="-fprofile-use=$STEP/cpython.profdata -Wno-profile-instr-unprofiled -Wno-profile-instr-out-of-date"
    flags+=" -Wno-backend-plugin $PROFILE_FLAGS"
    stamp="$flags $(sha256sum <cpython.profdata)"
fi

# make does not see that flags have changed, and an interrupted step goes on with the objects that are there.
if ! [ -e "$build/profile-stamp" ] || [ "$(<"$build/profile-stamp")" != "$stamp" ]; then
    find "$build" \( -name '*.o' -o -name '*.a' \) -delete
    echo "$stamp" >"$build/profile-stamp"
fi
emmake make -C "$build" -j"$JOBS" CFLAGS_NODIST="$flags" Programs/python.o libpython3.14.a pybuilddir.txt
