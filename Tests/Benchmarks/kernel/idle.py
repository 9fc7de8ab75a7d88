"""An HTTP server on asyncio's own loop that nobody asks anything."""

import asyncio


async def answer(reader, writer):
    await reader.readline()
    writer.write(b"HTTP/1.0 200 OK\r\n\r\nhello\n")
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
