#!/usr/bin/env bash
# OpenSSL's libcrypto and libssl as static archives, with what TLS, certificates and Python's hashlib need.
#
# Left out: what nothing in Python asks for (engines, modules, DTLS, QUIC, CMP, CMS, time stamps) and algorithms that are
# out of use, or not yet in it. With threads: a context may be switched away in a read of a socket, deep inside libssl,
# and the queue of errors belongs to a thread. Random numbers are the host's own, by getentropy.
set -euo pipefail

tar -xf "$SOURCE_OPENSSL" --strip-components=1 --exclude='*/test/recipes/*' --exclude='*/fuzz/corpora/*' \
    --exclude='*/doc/man*/*.pod' --exclude='*/pyca-cryptography'
# The private root has Perl without its library of modules. A machine's own Perl comes with it.
if ! perl -MIPC::Cmd -MFindBin -e 1 2>/dev/null; then
    dpkg-deb -x "$SOURCE_PERL_MODULES" perl
    PERL5LIB=$RECIPE/patches/perl:$(echo "$STEP"/perl/usr/share/perl/*.*.*)
    export PERL5LIB
fi
# Time::Piece is compiled code, and formats a date that nothing shows.
sed -i -e '/use Time::Piece;/d' -e '/^RELEASE_DATE=/,/^MAJOR=/{/^MAJOR=/!d}' Configurations/unix-Makefile.tmpl
sed -i 's/defined(__wasi__)/defined(__EMSCRIPTEN__)/' providers/implementations/rands/seeding/rand_unix.c

# Clang as emcc calls it: emcc takes longer to start than most of the files take to compile.
read -ra flags <<<"$COMPILE_FLAGS"
touch probe.c
compiler=$(emcc "${flags[@]}" -v -c probe.c -o probe.o 2>&1 | sed -n '1s/ -v -c .*//p')

left_out=(
    apps asm async atexit autoload-config cached-fetch docs dso dtls dynamic-engine engine fips legacy makedepend module
    multiblock pinshared posix-io quic shared tests thread-pool ui-console
    cmp cms comp ct gost http ocsp rfc3779 srp srtp ssl-trace ssl3 tfo tls1 tls1_1 ts nextprotoneg
    argon2 aria bf camellia cast dsa ec2m idea md4 mdc2 ml-dsa ml-kem ocb rc2 rc4 seed siphash siv slh-dsa sm2 sm3 sm4
    whirlpool
)
./Configure --config="$RECIPE/patches/openssl-target.conf" frond-wasm32 --prefix=/usr --openssldir=/etc/ssl \
    --with-rand-seed=getrandom threads "${left_out[@]/#/no-}" \
    CC="$compiler" CFLAGS="-w -ffunction-sections -fdata-sections" AR=emar RANLIB=emranlib
# make writes this header with the time of day and the compiler's command line.
make -j"$JOBS" build_generated
make -j"$JOBS" build_libs

mkdir -p out/include out/lib out/licenses
cp -r include/openssl out/include/
cp libcrypto.a libssl.a out/lib/
cp LICENSE.txt out/licenses/openssl.txt
