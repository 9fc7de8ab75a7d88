"""As much of an HTTP server as the page needs: the page, a stream of what is said, and a way to say something."""

import asyncio
import json
from pathlib import Path

from room import Room

PAGE = Path(__file__).with_name("page.html")
LONGEST = 10_000


def head(status: str, kind: str, length: int | None = None) -> bytes:
    """The head of an answer, after which the connection ends."""
    size = "" if length is None else f"Content-Length: {length}\r\n"
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{size}Cache-Control: no-cache\r\nConnection: close\r\n\r\n"
    ).encode()


class Web:
    """The room's page."""

    def __init__(self, room: Room) -> None:
        self.room = room

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = request[0].split(" ")
            headers = dict(line.lower().split(": ", 1) for line in request[1:] if ": " in line)
            body = await reader.readexactly(min(int(headers.get("content-length", 0)), LONGEST))
            await self.answer(method, path.partition("?")[0], body, writer)
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.write(head("400 Bad Request", "text/plain", 0))
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def answer(self, method: str, path: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        """Writes the answer to one request."""
        match method, path:
            case "GET", "/":
                page = PAGE.read_bytes()
                writer.write(head("200 OK", "text/html; charset=utf-8", len(page)) + page)
            case "GET", "/events":
                await self.stream(writer)
            case "POST", "/say":
                said = json.loads(body)
                self.room.say(f"{said['name']}: {said['text']}")
                writer.write(head("204 No Content", "text/plain", 0))
            case _:
                writer.write(head("404 Not Found", "text/plain", 10) + b"not found\n")
        await writer.drain()

    async def stream(self, writer: asyncio.StreamWriter) -> None:
        """What was said and what is said, as server-sent events, for as long as somebody listens."""
        queue = self.room.join()
        try:
            writer.write(head("200 OK", "text/event-stream"))
            for line in list(self.room.history):
                writer.write(f"data: {json.dumps(line)}\n\n".encode())
            while True:
                await writer.drain()
                try:
                    line = await asyncio.wait_for(queue.get(), 15)
                    writer.write(f"data: {json.dumps(line)}\n\n".encode())
                except TimeoutError:
                    writer.write(b": still here\n\n")
        finally:
            self.room.leave(queue)
