"""Says what of its own imports was not byte-compiled, and whether the library's ways to look at modules work."""

import importlib.metadata
import importlib.resources
import inspect
import os
import pkgutil
import sys

import anyio
import fastapi
import helper
import pydantic
import sqlalchemy
from sqlalchemy.ext.asyncio import create_async_engine

create_async_engine("sqlite+aiosqlite:///notes.db")


class Note(pydantic.BaseModel):
    text: str


app = fastapi.FastAPI()


@app.post("/notes")
async def add(note: Note) -> Note:
    return note


app.openapi()

specs = [module.__spec__ for module in list(sys.modules.values()) if getattr(module, "__spec__", None)]
sources = sorted(spec.name for spec in specs if spec.cached and not os.path.exists(spec.cached))
print("from source:", sources)
print("compiled:", len(specs) > 300)
print("source:", inspect.getsource(helper.answer).strip().splitlines()[0])
print("source of a package:", inspect.getsource(fastapi.FastAPI).startswith("class FastAPI"))
print("version:", importlib.metadata.version("fastapi") == fastapi.__version__)
print("distributions:", "pydantic-core" in {
    d.metadata["Name"].lower().replace("_", "-") for d in importlib.metadata.distributions()})
print("resource:", importlib.resources.files("data").joinpath("hello.txt").read_text().strip())
print("resource of a package:", importlib.resources.files(fastapi).joinpath("py.typed").is_file())
print("modules:", "dialects" in {m.name for m in pkgutil.iter_modules(sqlalchemy.__path__)})
print("data:", pkgutil.get_data("data", "hello.txt").decode().strip())
print("typed:", anyio.__spec__.origin.endswith("anyio/__init__.py"), flush=True)
