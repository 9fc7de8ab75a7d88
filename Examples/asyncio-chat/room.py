"""A chat over TCP: one line is one message; the first line is the name."""

import asyncio
from collections import deque


class Room:
    """Everybody who is here, and what was said last."""

    def __init__(self, remembered: int = 50) -> None:
        self.history: deque[str] = deque(maxlen=remembered)
        self._listeners: set[asyncio.Queue[str]] = set()

    def say(self, line: str) -> None:
        """Sends a line to all who listen."""
        self.history.append(line)
        for queue in self._listeners:
            queue.put_nowait(line)

    def join(self) -> asyncio.Queue[str]:
        """A queue of all lines from now on."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[str]) -> None:
        """Ends what `join` began."""
        self._listeners.discard(queue)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its first line to its last."""
        name = (await reader.readline()).decode().strip()
        queue = self.join()

        async def forward() -> None:
            while True:
                writer.write(f"{await queue.get()}\n".encode())
                await writer.drain()

        forwarding = asyncio.create_task(forward())
        self.say(f"* {name} is here")
        try:
            while line := (await reader.readline()).decode().rstrip("\n"):
                self.say(f"{name}: {line}")
        finally:
            forwarding.cancel()
            self.leave(queue)
            self.say(f"* {name} has left")
            writer.close()


async def robot(port: int, name: str, lines: list[str], pause: float) -> list[str]:
    """A client that says its lines and returns what it heard until its own last one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{name}\n".encode())
    heard: list[str] = []
    for line in lines:
        await asyncio.sleep(pause)
        writer.write(f"{line}\n".encode())
        await writer.drain()
    last = f"{name}: {lines[-1]}"
    while not heard or heard[-1] != last:
        heard.append((await reader.readline()).decode().rstrip("\n"))
    writer.close()
    await writer.wait_closed()
    return heard
