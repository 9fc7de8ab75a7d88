"""WebSockets and server-sent events, as an ASGI server has them."""

import asyncio

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

left = []


async def index(request):
    policy = request.query_params.get("policy")
    headers = {"Content-Security-Policy": policy} if policy else {}
    return HTMLResponse(
        "<!DOCTYPE html><html lang=en><title>Sockets</title><script>var early = WebSocket.toString()</script><h1>Sockets</h1>",
        headers=headers)


async def echo(socket: WebSocket):
    await socket.accept("two" if "two" in socket.scope["subprotocols"] else None)
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                left.append(message["code"])
                break
            if (text := message.get("text")) is not None:
                await socket.send_text(text)
            else:
                await socket.send_bytes(message["bytes"])
    except WebSocketDisconnect as end:
        left.append(end.code)


async def about(socket: WebSocket):
    """Says what the handshake brought, and closes."""
    await socket.accept(headers=[(b"set-cookie", b"socket=1; Path=/")])
    await socket.send_json({name: socket.headers.get(name) for name in ("host", "origin", "cookie")})
    await socket.close(4001, "that was all")


async def refuse(socket: WebSocket):
    await socket.close()


async def codes(request):
    return JSONResponse(left)


async def number(request):
    await asyncio.sleep(float(request.query_params.get("pause", "0")))
    return JSONResponse(int(request.path_params["number"]))


async def events(request):
    async def stream():
        for number in range(1000):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0.1)

    return StreamingResponse(stream(), media_type="text/event-stream")


app = Starlette(routes=[
    Route("/", index), Route("/codes", codes), Route("/number/{number}", number), Route("/events", events),
    WebSocketRoute("/echo", echo), WebSocketRoute("/about", about), WebSocketRoute("/refuse", refuse),
])
