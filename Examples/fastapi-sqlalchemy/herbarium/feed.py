"""Tells everybody who listens what happens."""

import asyncio
import json
from collections.abc import AsyncIterator


class Feed:
    """A channel with any number of listeners, each with a queue of its own."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[str]] = set()

    def tell(self, kind: str, **data: object) -> None:
        """Sends one event to all who listen now."""
        for queue in self._queues:
            queue.put_nowait(f"event: {kind}\ndata: {json.dumps(data)}\n\n")

    async def listen(self, pause: float = 15) -> AsyncIterator[str]:
        """Server-sent events, with a comment after each pause so that broken connections are noticed."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield f"event: hello\ndata: {json.dumps({'listeners': len(self._queues)})}\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), pause)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._queues.discard(queue)


feed = Feed()
