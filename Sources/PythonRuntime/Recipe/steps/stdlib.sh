#!/usr/bin/env bash
# The standard library: what a browser can use of it, tables that modules with C code read, sysconfig's data, byte code, and
# CPython's tests beside it.
set -euo pipefail

configured=$STEPS/python-configure
library=out/lib/python3.14
mkdir -p "$library" out/tests/python3.14 out/licenses
cp -r "$configured"/source/Lib/. "$library/"
cp -r "$configured/tables" "$library/lib-tables"
mv "$library/test" out/tests/python3.14/test

# One pattern a line, with the reason behind a '#'.
while read -r pattern; do
    # shellcheck disable=SC2086 # the pattern is expanded on purpose
    rm -r "${library:?}"/$pattern
done < <(sed 's/ *#.*//; /^$/d' "$RECIPE/stdlib-excluded.txt")

python3 "$RECIPE/steps/sysconfig_data.py" "$configured/build" "$library"
mkdir -p "$library/site-packages"

# Unchecked hashes: the image never changes, so Python must not ask for the source's time stamp on every import.
find out -name __pycache__ -prune -exec rm -r {} +
# One process: what marshal writes depends on what else the process has compiled.
"$BUILD_PYTHON" -m compileall -q --invalidation-mode unchecked-hash -s "$library" -p /usr/lib/python3.14 \
    "$library"

find out -type d -exec chmod 755 {} +
find out -type f -exec chmod 644 {} +
find out -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
cp "$configured/source/LICENSE" out/licenses/python.txt
du -sh "$library" out/tests
