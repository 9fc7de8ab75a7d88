#!/usr/bin/env python3
"""Compiles the .wat files of this folder: build.py [WASM_TOOLS]. The tests read the .wasm files only."""
import pathlib
import re
import subprocess
import sys

tool = sys.argv[1] if len(sys.argv) > 1 else "wasm-tools"
here = pathlib.Path(__file__).parent


def parse(text: str, output: pathlib.Path) -> None:
    subprocess.run([tool, "parse", "-o", str(output), "-"], input=text.encode(), check=True)


for source in sorted(here.glob("*.wat")):
    if source.stem == "refused":
        continue
    parse(source.read_text(), source.with_suffix(".wasm"))
# One module each: (module $name …) at the start of a line.
for module in re.split(r"^(?=\(module)", (here / "refused.wat").read_text(), flags=re.M)[1:]:
    name = re.match(r"\(module \$(\w+)", module).group(1)
    parse(module, here / f"refused-{name}.wasm")
