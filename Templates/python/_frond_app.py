"""Serves what is an application and no program: python -m _frond_app APPLICATION PORT

    main:app             an object by WSGI or ASGI; which of them, it shows itself
    notes:create_app()   what a function returns
    manage.py            a Django project: its database is brought up to date, then runserver

The app's own server is taken if it has one: uvicorn for ASGI, waitress or Werkzeug for WSGI. Otherwise there is the
standard library's wsgiref, and for ASGI the server below: HTTP/1.1 with one request for each connection, since no
connection here goes over a network; streams, lifespan and disconnects, no WebSockets.
"""

import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from urllib.parse import unquote

HOST = "127.0.0.1"


def say(text):
    print(text, file=sys.stderr, flush=True)


def has(module):
    return importlib.util.find_spec(module) is not None


def load(name):
    """The object that `module:attribute` or `module:function()` means."""
    module, _, attribute = name.partition(":")
    found = importlib.import_module(module)
    for part in attribute.removesuffix("()").split("."):
        found = getattr(found, part)
    return found() if attribute.endswith("()") else found


def is_asgi(application):
    """An ASGI application is called with `await`, as a function or by its class."""
    call = application if inspect.isroutine(application) else type(application).__call__
    return inspect.iscoroutinefunction(call)


def serve_django(port):
    """What one types after unpacking a Django project."""
    with open("manage.py", encoding="utf-8") as file:
        program = compile(file.read(), "manage.py", "exec")
    for command in (["migrate", "--verbosity", "0"], ["runserver", "--noreload", f"{HOST}:{port}"]):
        sys.argv = ["manage.py", *command]
        exec(program, {"__name__": "__main__", "__file__": os.path.abspath("manage.py")})


def serve_wsgi(application, port):
    if has("waitress"):
        say(f"Serving by WSGI with waitress on port {port}")
        importlib.import_module("waitress").serve(application, host=HOST, port=port)
    elif has("werkzeug"):
        say(f"Serving by WSGI with Werkzeug on port {port}")
        importlib.import_module("werkzeug.serving").run_simple(HOST, port, application, threaded=True)
    else:
        from socketserver import ThreadingMixIn
        from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

        class Server(ThreadingMixIn, WSGIServer):
            daemon_threads = True

        say(f"Serving by WSGI with wsgiref on port {port}")
        server = Server((HOST, port), WSGIRequestHandler)
        server.set_app(application)
        server.serve_forever()


def serve_asgi(application, port):
    if has("uvicorn"):
        importlib.import_module("uvicorn").run(application, host=HOST, port=port)
    else:
        import asyncio

        say(f"Serving by ASGI on port {port}")
        asyncio.run(AsgiServer(application).run(port))


class AsgiServer:
    VERSION = {"version": "3.0", "spec_version": "2.4"}

    def __init__(self, application):
        self.application = application
        self.state = {}

    async def run(self, port):
        import asyncio

        self.asyncio = asyncio
        await self.start_lifespan()
        server = await asyncio.start_server(self.answer, HOST, port)
        async with server:
            await server.serve_forever()

    async def start_lifespan(self):
        """Lets the application start; one that knows no lifespan raises, and is served without."""
        started = self.asyncio.get_running_loop().create_future()
        asked = False

        async def receive():
            nonlocal asked
            if asked:
                await self.asyncio.Future()  # Until the program ends.
            asked = True
            return {"type": "lifespan.startup"}

        async def send(message):
            if message["type"] == "lifespan.startup.failed":
                sys.exit(f"The application did not start: {message.get('message', '')}")
            if not started.done():
                started.set_result(None)

        scope = {"type": "lifespan", "asgi": self.VERSION, "state": self.state}
        self.lifespan = self.asyncio.ensure_future(self.application(scope, receive, send))
        await self.asyncio.wait([started, self.lifespan], return_when=self.asyncio.FIRST_COMPLETED)

    async def answer(self, reader, writer):
        """Answers the one request of a connection."""
        try:
            scope, body = await self.read_request(reader, writer)
        except (ValueError, EOFError, self.asyncio.LimitOverrunError):
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        response = Response(writer, scope["method"])
        bodies = [body]
        # Ends when the other side goes away; nothing else is to come from it.
        gone = self.asyncio.ensure_future(reader.read(1))

        async def receive():
            if bodies:
                return {"type": "http.request", "body": bodies.pop(), "more_body": False}
            await self.asyncio.wait([gone])
            return {"type": "http.disconnect"}

        try:
            await self.application(scope, receive, response.send)
            await response.end()
            writer.close()
        except Exception as error:
            if gone.done() or isinstance(error, ConnectionError):
                writer.transport.abort()
            else:
                traceback.print_exc()
                await response.fail()
        finally:
            gone.cancel()
        say(f'{scope["method"]} {scope["path"]} {response.status}')

    async def read_request(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        method, target, version = line.split(" ")
        headers = []
        for field in fields:
            name, colon, value = field.partition(":")
            if not colon:
                raise ValueError(field)
            headers.append((name.lower().encode("latin-1"), value.strip().encode("latin-1")))
        known = dict(headers)
        if known.get(b"expect", b"").lower() == b"100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if b"chunked" in known.get(b"transfer-encoding", b"").lower():
            body = b""
            while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                body += (await reader.readexactly(size + 2))[:-2]
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass
        else:
            body = await reader.readexactly(int(known.get(b"content-length", b"0")))
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "asgi": self.VERSION, "http_version": version.removeprefix("HTTP/"), "method": method,
            "scheme": known.get(b"x-forwarded-proto", b"http").decode("latin-1"), "path": unquote(path),
            "raw_path": path.encode("latin-1"), "query_string": query.encode("latin-1"), "root_path": "",
            "headers": headers, "server": writer.get_extra_info("sockname"),
            "client": writer.get_extra_info("peername"), "state": self.state.copy(), "extensions": {},
        }
        return scope, body


class Response:
    """Writes an answer; one of unknown length is sent in chunks, so that its end can be told from a failure."""

    def __init__(self, writer, method):
        self.writer, self.method = writer, method
        self.status, self.is_chunked, self.ended = None, False, False

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", [])]
            has_body = self.method != "HEAD" and self.status not in (204, 304)
            self.is_chunked = has_body and not any(name.lower() == b"content-length" for name, _ in headers)
            if self.is_chunked:
                headers.append((b"transfer-encoding", b"chunked"))
            lines = [f"HTTP/1.1 {self.status} ".encode(), *(b"%s: %s" % header for header in headers)]
            self.writer.write(b"\r\n".join([*lines, b"connection: close", b"", b""]))
        elif message["type"] == "http.response.body" and not self.ended:
            if (body := message.get("body", b"")) and self.method != "HEAD":
                self.writer.write(b"%x\r\n%s\r\n" % (len(body), body) if self.is_chunked else body)
            if not message.get("more_body", False):
                await self.end()
            else:
                await self.writer.drain()

    async def end(self):
        if self.status is None:
            raise RuntimeError("the application sent no answer")
        if self.is_chunked and not self.ended:
            self.writer.write(b"0\r\n\r\n")
        self.ended = True
        await self.writer.drain()

    async def fail(self):
        """After an exception: an answer if there is none yet, else one that is visibly cut off."""
        if self.status is not None:
            self.writer.transport.abort()
            return
        headers = [(b"content-type", b"text/plain")]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self.send({"type": "http.response.body", "body": b"Internal Server Error"})
        self.writer.close()


def main(application, port):
    if os.path.isdir("src"):
        sys.path.insert(1, os.path.abspath("src"))
    if application == "manage.py":
        serve_django(port)
        return
    found = load(application)
    if not callable(found):
        sys.exit(f"{application} is no application: it can't be called")
    (serve_asgi if is_asgi(found) else serve_wsgi)(found, port)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
