"""A server over the standard library that uses all of HTTP that a page can see."""

import ctypes
import http.server
import json
import os
import sys
import time

SIZE = 1_000_000
posted = []
streams = 0
# A call by type, and a function of C's that is made while the program runs.
sort = ctypes.CDLL(None).qsort
compare = ctypes.CFUNCTYPE(ctypes.c_int, *2 * [ctypes.POINTER(ctypes.c_int)])(lambda one, other: one[0] - other[0])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def reply(self, body, type="text/html; charset=utf-8", status=200, headers=()):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def page(self, title, body, headers=()):
        self.reply(f"<!doctype html><title>{title}</title><h1>{title}</h1>{body}", headers=headers)

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/":
            self.page("Home", """
                <a id=a href="/a?x=1">a</a> <a id=r href="/redirect">r</a>
                <form id=f method=post action="/echo"><input name=n value=v><button id=send>send</button></form>""",
                [("X-Frame-Options", "DENY"), ("Content-Security-Policy", "frame-ancestors 'none'")])
        elif path in ("/a", "/deep/link"):
            self.page(path[1:], f"<p id=q>{query}</p><a id=home href='/'>home</a>")
        elif path == "/redirect":
            self.reply("", status=302, headers=[("Location", "/a?redirected")])
        elif path == "/cookie":
            self.reply("set", headers=[("Set-Cookie", "seen=1; Path=/"), ("Set-Cookie", "hidden=2; Path=/; HttpOnly")])
        elif path == "/headers":
            self.reply(json.dumps({key.lower(): value for key, value in self.headers.items()}), "application/json")
        elif path == "/number":
            self.reply(query, "text/plain")
        elif path == "/sorted":
            numbers = (ctypes.c_int * 4)(*map(int, query.split(",")))
            sort(numbers, ctypes.c_size_t(4), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int)), compare)
            self.reply(json.dumps(list(numbers)), "application/json")
        elif path == "/bytes":
            self.bytes()
        elif path == "/slow":
            time.sleep(float(query))
            self.page(f"slow {query}", "<a id=home href='/'>home</a>")
        elif path == "/posted":
            self.reply(json.dumps(posted), "application/json")
        elif path == "/form":
            self.page("Form", "<form method=post action=/post?1.5><input name=n value=v><button id=send>send</button></form>")
        elif path == "/streams":
            self.reply(str(streams), "text/plain")
        elif path == "/ticks":
            self.ticks(int(self.headers.get("Last-Event-ID", -1)) + 1, int(query))
        elif path == "/events":
            self.events(int(query or 3))
        elif path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", str(SIZE))
            self.end_headers()
            self.wfile.write(b"x" * 70_000)
            self.close_connection = True
        elif path == "/die":
            sys.stderr.write("Traceback: the server was told to die\n")
            sys.stderr.flush()
            os._exit(7)
        else:
            self.reply("nothing here", status=404)

    do_HEAD = do_GET

    def bytes(self):
        data = bytes(i * 7 & 255 for i in range(SIZE))
        asked = self.headers.get("Range")
        if not asked:
            self.reply(data, "application/octet-stream")
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        part = data[int(first):int(last or SIZE - 1) + 1]
        self.reply(part, "application/octet-stream", 206,
                   [("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{SIZE}")])

    def events(self, count):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(count):
            data = f"data: {number}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            time.sleep(0.05)
        self.wfile.write(b"0\r\n\r\n")

    def ticks(self, first, end):
        """Numbered events, which go on where the last connection ended."""
        global streams
        streams += 1
        try:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number in range(first, end):
                data = f"retry: 100\nid: {number}\ndata: {number}\n\n".encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                time.sleep(0.1)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
        finally:
            streams -= 1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path, _, query = self.path.partition("?")
        if path == "/post":
            posted.append(body.decode())
            number = len(posted)
            time.sleep(float(query))
            self.page("Posted", f"<pre id=out>{number} {body.decode()}</pre>")
            return
        if self.path == "/upload":
            self.reply(f"{len(body)} {sum(body)}", "text/plain")
        else:
            self.page("Echo", f"<pre id=out>{body.decode()}</pre>")


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
