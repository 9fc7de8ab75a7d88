#!/bin/sh
# Builds the shim for this machine, over ucontext, with its unit tests: build-native.sh OUTPUT [SOURCES OF THE SHIM]
set -eu
here=$(dirname "$0")/native
output=$1
source=${2:-$(dirname "$0")/../../Sources/ContextShim/src}
# Not on this machine: its libc has errno, dlopen, system calls and a start of its own.
skip='errors.c libc_internals.c console.c libraries.c protocols.c memory.c syscalls.c start.c cpython.c compiled_strings.c late_tables.c trampoline.c typed_calls.c'
files=
for file in "$source"/*.c; do
    case " $skip " in *" $(basename "$file") "*) ;; *) files="$files $file" ;; esac
done
exec ${CC:-cc} -std=gnu11 -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Werror -Wno-restrict -Wno-infinite-recursion -Wno-unknown-warning-option \
    -include "$here/rename.h" -I"$source" -I"$here" $files "$here"/*.c \
    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc -o "$output"
