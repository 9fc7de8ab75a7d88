"""The page, and what its script asks for: plain WSGI."""

import json
from pathlib import Path

PAGE = Path(__file__).with_name("page.html")
LIMIT = 100_000_000


class Web:
    def __init__(self, board):
        self.board = board
        self.routes = {("GET", ""): self.page, ("GET", "events"): self.events, ("POST", "jobs"): self.add}

    def __call__(self, environ, start_response):
        first, *rest = environ["PATH_INFO"].strip("/").split("/")
        method = environ["REQUEST_METHOD"]
        if method == "DELETE" and first == "jobs" and len(rest) == 1 and rest[0].isdecimal():
            cancelled = self.board.cancel(int(rest[0]))
            return self.answer(start_response, "200 OK" if cancelled else "404 Not Found", {"cancelled": cancelled})
        route = self.routes.get((method, first))
        if route is None or rest:
            return self.answer(start_response, "404 Not Found", {"error": "there is no such page"})
        return route(environ, start_response)

    def answer(self, start_response, status, value):
        body = json.dumps(value).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def page(self, environ, start_response):
        body = PAGE.read_bytes()
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    def add(self, environ, start_response):
        try:
            limit = int(json.loads(environ["wsgi.input"].read())["limit"])
            if not 1 <= limit <= LIMIT:
                raise ValueError(limit)
        except (ValueError, TypeError, KeyError):
            return self.answer(start_response, "422 Unprocessable Content", {"error": f"a limit of 1 to {LIMIT}"})
        return self.answer(start_response, "201 Created", self.board.add(limit).as_dict())

    def events(self, environ, start_response):
        start_response("200 OK", [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")])
        return self.stream()

    def stream(self):
        yield b": here they come\n\n"
        for change in self.board.watch():
            yield f"data: {json.dumps(change)}\n\n".encode()
