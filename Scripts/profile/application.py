"""Starts Examples/fastapi-sqlalchemy as a server would, and asks it this and that: for Scripts/profile-python."""

import asyncio
import json
import os
import sys

os.dup2(1, 9)  # where the profile goes
import main  # noqa: E402

SPECIMEN = {"name": "Lady fern", "species": "Athyrium filix-femina", "place": "Ditch along the forest road"}


async def status(method: str, path: str, body: bytes = b"", query: bytes = b"") -> int:
    """The status of the answer to a request."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "", "state": {},
        "client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000),
        "headers": [
            (b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)),
        ],
    }
    received = asyncio.Queue()
    await received.put({"type": "http.request", "body": body, "more_body": False})
    sent = []

    async def send(message: dict) -> None:
        sent.append(message)

    await main.app(scope, received.get, send)
    return sent[0]["status"]


async def train() -> None:
    received, started = asyncio.Queue(), asyncio.Event()

    async def send(message: dict) -> None:
        started.set()

    await received.put({"type": "lifespan.startup"})
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    life = asyncio.ensure_future(main.app(scope, received.get, send))
    await started.wait()
    for _ in range(40):
        got = [
            await status("GET", "/api/specimens", query=b"q=fern"),
            await status("POST", "/api/specimens", json.dumps(SPECIMEN).encode()),
            await status("POST", "/api/specimens", b'{"name": "", "colour": "green"}'),
            await status("GET", "/"),
        ]
        if got != [200, 201, 422, 200]:
            sys.exit(f"the application answered {got}")
    await received.put({"type": "lifespan.shutdown"})
    await life


asyncio.run(train())
