"""The room and its page over real connections: `python -m unittest discover -s tests`."""

import asyncio
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from room import Room, robot  # noqa: E402
from web import Web  # noqa: E402


class ChatTests(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.room = Room()
        self.chat = await asyncio.start_server(self.room.serve, "127.0.0.1", 0)
        self.page = await asyncio.start_server(Web(self.room).serve, "127.0.0.1", 0)
        self.addCleanup(self.chat.close)
        self.addCleanup(self.page.close)

    def port(self, server):
        return server.sockets[0].getsockname()[1]

    async def request(self, text):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port(self.page))
        writer.write(text.encode())
        answer = (await reader.read()).decode()
        writer.close()
        return answer

    async def test_each_client_hears_its_own_lines_in_order(self):
        said = {name: [f"{name} {number}" for number in range(20)] for name in ("a", "b", "c", "d")}
        heard = await asyncio.gather(*(robot(self.port(self.chat), name, lines, 0) for name, lines in said.items()))
        for (name, lines), all_lines in zip(said.items(), heard):
            own = [line for line in all_lines if line.startswith(f"{name}: ")]
            self.assertEqual(own, [f"{name}: {line}" for line in lines])

    async def test_the_page_shows_what_clients_say_and_says_what_is_posted(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port(self.page))
        writer.write(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"name": "Guest", "text": "grüß Gott"})
        answer = await self.request(
            f"POST /say HTTP/1.1\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}"
        )
        self.assertTrue(answer.startswith("HTTP/1.1 204 "))
        self.assertEqual(json.loads((await reader.readline())[6:]), "Guest: grüß Gott")
        writer.close()

    async def test_page_and_errors(self):
        self.assertIn("<!DOCTYPE html>", await self.request("GET / HTTP/1.1\r\n\r\n"))
        self.assertTrue((await self.request("GET /no HTTP/1.1\r\n\r\n")).startswith("HTTP/1.1 404 "))
        self.assertTrue((await self.request("nonsense\r\n\r\n")).startswith("HTTP/1.1 400 "))


if __name__ == "__main__":
    unittest.main()
