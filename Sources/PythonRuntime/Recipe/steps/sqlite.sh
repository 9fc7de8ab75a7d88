#!/usr/bin/env bash
# SQLite as a static archive. The amalgamation is generated with a native compiler, then compiled for wasm.
#
# SQLITE_THREADSAFE=1 (serialized): Python threads are contexts that take turns, so SQLite's mutexes are never contended
# while they work as mutexes; with 0, a thread that is switched away inside SQLite (a VFS call may block) could be
# re-entered by another on the same connection. A lock costs 3 to 4 ns.
set -euo pipefail

tar -xf "$SOURCE_SQLITE" --strip-components=1
read -ra flags <<<"$COMPILE_FLAGS"

(
    unset CFLAGS
    export CC="$NATIVE_CC" CC_FOR_BUILD="$NATIVE_CC"
    ./configure --disable-tcl --disable-readline --disable-load-extension
    make sqlite3.c sqlite3.h
)
emcc "${flags[@]}" -DSQLITE_THREADSAFE=1 -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_ENABLE_FTS3 \
    -DSQLITE_ENABLE_FTS3_PARENTHESIS -DSQLITE_ENABLE_FTS4 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE \
    -DSQLITE_ENABLE_GEOPOLY -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_COLUMN_METADATA \
    -DSQLITE_ENABLE_UNLOCK_NOTIFY -DSQLITE_MAX_VARIABLE_NUMBER=250000 \
    -DSQLITE_MAX_MMAP_SIZE=0 \
    -DHAVE_USLEEP=1 -DHAVE_GMTIME_R=1 -DHAVE_LOCALTIME_R=1 -DHAVE_STRERROR_R=1 -DPOSIX_STRERROR_R=1 \
    -c sqlite3.c -o sqlite3.o
mkdir -p out/include out/lib out/licenses
cp sqlite3.h out/include/
emar rcs out/lib/libsqlite3.a sqlite3.o
cp LICENSE.md out/licenses/sqlite.txt
