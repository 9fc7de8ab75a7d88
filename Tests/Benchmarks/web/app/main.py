"""A FastAPI application whose endpoints do nothing but what is measured."""

import asyncio
import socket
import time

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse

app = FastAPI()
RECORD = {"id": 7, "name": "Royal fern", "species": "Osmunda regalis", "place": "Edge of the bog", "colour": "#a3742c"}


@app.get("/", response_class=HTMLResponse)
async def index() -> str:
    return "<!doctype html><title>Benchmark</title><h1>Benchmark</h1>"


@app.get("/json")
async def json() -> dict[str, str | int]:
    return RECORD


@app.get("/echo/{number}")
async def echo(number: int) -> dict[str, int]:
    return {"number": number}


@app.get("/work/{milliseconds}")
async def work(milliseconds: int) -> dict[str, int]:
    """Computes, and lets nothing else happen."""
    end = time.perf_counter() + milliseconds / 1000
    turns = 0
    while time.perf_counter() < end:
        turns += 1
    return {"turns": turns}


@app.get("/events")
async def events(count: int, pause: float) -> StreamingResponse:
    """Server-sent events that say when they were made, in milliseconds since 1970."""

    async def stream():
        for number in range(count):
            yield f"data: {number} {time.time() * 1000:.3f}\n\n"
            await asyncio.sleep(pause)

    return StreamingResponse(stream(), media_type="text/event-stream")


@app.get("/alone")
def alone(count: int) -> dict[str, float]:
    """Asks this server from within, one request a connection as the page does: what of a request is Python's.

    The client sends prepared bytes, so that nearly all of the time is the server's.
    """
    request = b"GET /json HTTP/1.1\r\nhost: 127.0.0.1:8000\r\nconnection: close\r\n\r\n"
    began = time.perf_counter()
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", 8000)) as connection:
            connection.sendall(request)
            while connection.recv(65536):
                pass
    return {"milliseconds": (time.perf_counter() - began) * 1000 / count}
