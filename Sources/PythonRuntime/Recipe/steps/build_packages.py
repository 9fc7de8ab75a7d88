"""Compiles packages from their source distributions and packs wheels: usage build_packages.py LIST OUTPUT.

    sdist ──unpack──▶ C files ──emcc──▶ objects ──emcc──▶ extension modules ─┐
                      Python files ──────────────────────────────────────────┴─▶ wheel

What a `setup.py` would find out and do is said in LIST instead (packages.toml), so that neither setuptools nor a package's
own code runs. Every extension module exports its init function and nothing else.
"""

import email
import os
import pathlib
import shlex
import subprocess
import sys
import tarfile
import tomllib
from concurrent.futures import ThreadPoolExecutor

from wheel_file import write_wheel

SUFFIX = ".cpython-314-wasm32-emscripten.so"
LINK = ["-O2", "-fwasm-exceptions", "-sSUPPORT_LONGJMP=wasm", "-sSIDE_MODULE=2", "-sWASM_BIGINT", "--profiling-funcs"]
# Sources in C stay out of a wheel, as they are of no use without a compiler.
KEPT = (".py", ".pyi", ".so")

cpython, greenlet, ffi = (pathlib.Path(os.environ[name]) for name in ("CPYTHON", "GREENLET", "FFI"))
compile_flags = [
    *shlex.split(os.environ["COMPILE_FLAGS"]),
    *("-std=gnu11", "-fno-strict-aliasing", "-fwrapv", "-DNDEBUG", "-fvisibility=hidden"),
    *(f"-I{folder}" for folder in (cpython / "source/Include", cpython / "build", greenlet, ffi / "include")),
]


def unpack(source):
    """The folder of a source distribution, unpacked here."""
    archive = os.environ["SOURCE_" + source.upper().replace("-", "_")]
    with tarfile.open(archive) as members:
        members.extractall(source, filter="data")
    (folder,) = pathlib.Path(source).iterdir()
    return folder


def build(package, sdist, module, sources):
    """Compiles one extension module to where it belongs among the package's sources."""
    root = sdist / package["root"]
    flags = [*compile_flags, *package.get("flags", []), *(f"-I{sdist / path}" for path in package.get("include", []))]
    objects = []
    for source in sources:
        objects.append(sdist / f"{module}-{len(objects)}.o")
        subprocess.run(["emcc", *flags, "-c", root / source, "-o", objects[-1]], check=True)
    name = module.rsplit(".")[-1]
    library = root / (module.replace(".", "/") + SUFFIX)
    archives = [ffi / "lib/libffi.a"] if package.get("ffi") else []
    command = ["emcc", *LINK, f"-sEXPORTED_FUNCTIONS=_PyInit_{name}", *objects, *archives, "-o", library]
    subprocess.run(command, check=True)
    print(f"compiled {module}", flush=True)


def pack(package, sdist, output):
    """Writes the wheel of a package that has been compiled, and its licence."""
    root = sdist / package["root"]
    metadata = (sdist / "PKG-INFO").read_bytes()
    fields = email.message_from_bytes(metadata)
    # The name that PEP 427 wants in an archive.
    name, version = fields["Name"].lower().replace("-", "_").replace(".", "_"), fields["Version"]
    info = f"{name}-{version}.dist-info"
    excluded = [root / path for path in package.get("exclude", [])]
    files = {}
    for folder in package["packages"]:
        for path in sorted((root / folder).rglob("*")):
            if any(path.is_relative_to(each) for each in excluded):
                continue
            if path.suffix in KEPT or path.name == "py.typed":
                files[path.relative_to(root).as_posix()] = path.read_bytes()
    alone = [module for module in package.get("extensions", {}) if "." not in module]
    for module in alone:
        files[module + SUFFIX] = (root / (module + SUFFIX)).read_bytes()
    tops = sorted({folder.split("/")[0] for folder in package["packages"]} | set(alone))
    files[f"{info}/top_level.txt"] = "".join(f"{top}\n" for top in tops).encode()
    licences = fields.get_all("License-File")
    for licence in licences:
        files[f"{info}/licenses/{licence}"] = (sdist / licence).read_bytes()
    write_wheel(output / "offered", name, version, metadata, files)
    texts = [(sdist / licence).read_bytes() for licence in licences]
    (output / "licenses" / f"{package['source']}.txt").write_bytes(b"\n".join(texts))


packages = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())["package"]
sdists = [unpack(package["source"]) for package in packages]
with ThreadPoolExecutor(int(os.environ["JOBS"])) as pool:
    jobs = [
        pool.submit(build, package, sdist, module, sources)
        for package, sdist in zip(packages, sdists)
        for module, sources in package.get("extensions", {}).items()
    ]
    for job in jobs:
        job.result()
for package, sdist in zip(packages, sdists):
    pack(package, sdist, pathlib.Path(sys.argv[2]))
