"""A chat server on port 9000, a page for it on port 8000, and three clients that begin to talk."""

import argparse
import asyncio

from room import Room, robot
from web import Web

TALK = {
    "Ada": ["Hello! Is anybody here?", "I wrote a program, but there is no machine yet."],
    "Grace": ["I found a moth in mine.", "We keep it in the logbook now."],
    "Barbara": ["Replace it by a subtype, nobody will notice."],
}


async def main(port: int, chat_port: int, pause: float, once: bool) -> None:
    """Serves until somebody stops it, or until the clients are done."""
    room = Room()
    chat = await asyncio.start_server(room.serve, "127.0.0.1", chat_port)
    page = await asyncio.start_server(Web(room).serve, "127.0.0.1", port)
    number = chat.sockets[0].getsockname()[1]
    print(f"chat on port {number}, page on http://127.0.0.1:{page.sockets[0].getsockname()[1]}/", flush=True)
    async with chat, page:
        heard = await asyncio.gather(
            *(robot(number, name, lines, pause * (1 + index / 4)) for index, (name, lines) in enumerate(TALK.items()))
        )
        for name, lines in zip(TALK, heard, strict=True):
            print(f"{name} heard {len(lines)} lines", flush=True)
        if not once:
            await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the port of the page")
    parser.add_argument("--chat-port", type=int, default=9000, help="the port of the chat")
    parser.add_argument("--pause", type=float, default=1.5, help="seconds between the clients' lines")
    parser.add_argument("--once", action="store_true", help="end when the clients have said all")
    options = parser.parse_args()
    try:
        asyncio.run(main(options.port, options.chat_port, options.pause, options.once))
    except KeyboardInterrupt:
        pass
