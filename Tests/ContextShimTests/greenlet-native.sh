#!/bin/sh
# Builds upstream's greenlet with our patch for this machine, each greenlet on a stack of its own by <ucontext.h>, and runs
# upstream's whole test suite: what fails here is the patch's fault and not the engine's.
#
#     greenlet-native.sh SDIST FOLDER [PYTHON]      FOLDER is made anew; PYTHON needs its headers (python3 by default)
#
# GREENLET_UNPATCHED=1 builds upstream as it is, to compare with. Arguments for unittest come in GREENLET_TESTS.
set -eu
sdist=$(readlink -f "$1")
folder=$2
python=${3:-python3}
patches=$(readlink -f "$(dirname "$0")/../../Sources/PythonRuntime/Recipe/patches")

stand_ins=$(readlink -f "$(dirname "$0")/../Suites/greenlet")

rm -rf "$folder"
mkdir -p "$folder"
folder=$(readlink -f "$folder")
cd "$folder"
mkdir source
tar -xf "$sdist" --strip-components=1 -C source
define=
if [ -z "${GREENLET_UNPATCHED-}" ]; then
    patch --directory=source --strip=1 --silent <"$patches/greenlet-3.5.6.patch"
    cp "$patches/greenlet_context.h" source/src/greenlet/
    define=-DGREENLET_USE_UCONTEXT
fi

include=$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
suffix=$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
cd source/src/greenlet
common="-O1 -g -fPIC -shared -fno-strict-aliasing -I$include -I."
${CXX:-c++} $common -std=c++17 -fvisibility=hidden $define greenlet.cpp -o "_greenlet$suffix"
${CC:-cc} $common tests/_test_extension.c -o "tests/_test_extension$suffix"
${CXX:-c++} $common -std=c++17 tests/_test_extension_cpp.cpp -o "tests/_test_extension_cpp$suffix"

cd ../..  # where setup.py is, which the test of the version asks
for module in psutil objgraph; do
    "$python" -c "import $module" 2>/dev/null || cp "$stand_ins/$module.py" src/
done
PYTHONPATH=src PYTHONDONTWRITEBYTECODE=1 exec "$python" -m unittest ${GREENLET_TESTS:-discover -s src/greenlet/tests -t src}
