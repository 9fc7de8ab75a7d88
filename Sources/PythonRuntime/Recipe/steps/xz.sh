#!/usr/bin/env bash
# liblzma as a static archive, without threads: Python's lzma module uses none. Compiled without its configure, which
# takes minutes to find out what the flags below say.
set -euo pipefail

tar -xf "$SOURCE_XZ" --strip-components=1
cd src/liblzma

defines=(
    -DNDEBUG -DHAVE_INTTYPES_H -DHAVE_STDBOOL_H -DHAVE_STDINT_H -DHAVE_STRING_H -DHAVE__BOOL -DHAVE_VISIBILITY=1
    -DHAVE_FUNC_ATTRIBUTE_CONSTRUCTOR -DHAVE___BUILTIN_ASSUME_ALIGNED -DHAVE___BUILTIN_BSWAPXX
    -DHAVE_CHECK_CRC32 -DHAVE_CHECK_CRC64 -DHAVE_CHECK_SHA256 -DHAVE_LZIP_DECODER -DHAVE_ENCODERS -DHAVE_DECODERS
    -DASSUME_RAM=128 -DTUKLIB_SYMBOL_PREFIX=lzma_ -DPACKAGE_NAME='"XZ Utils"'
    -DPACKAGE_BUGREPORT='""' -DPACKAGE_URL='"https://tukaani.org/xz/"'
)
for finder in HC3 HC4 BT2 BT3 BT4; do
    defines+=("-DHAVE_MF_$finder")
done
for filter in LZMA1 LZMA2 DELTA X86 POWERPC IA64 ARM ARMTHUMB ARM64 SPARC RISCV; do
    defines+=("-DHAVE_ENCODER_$filter" "-DHAVE_DECODER_$filter")
done
read -ra flags <<<"$COMPILE_FLAGS"
flags+=("${defines[@]}" -I../common -Iapi -Icommon -Icheck -Ilz -Irangecoder -Ilzma -Idelta -Isimple)

for file in ../common/tuklib_physmem.c common/*.c check/{check,crc32_fast,crc64_fast,sha256}.c delta/*.c lz/*.c \
    lzma/*.c rangecoder/price_table.c simple/*.c; do
    case $file in
    *_mt.c | */outqueue.c | */hardware_cputhreads.c | *_tablegen.c) ;;
    *) printf '%s\0' "$file" ;;
    esac
done | xargs -0 -n 12 -P "$JOBS" emcc "${flags[@]}" -c
cd "$STEP"

mkdir -p out/lib out/licenses
cp -r src/liblzma/api out/include
emar rcs out/lib/liblzma.a src/liblzma/*.o
cp COPYING.0BSD out/licenses/xz.txt
