"""An ASGI app: `uvicorn main:app`. The endpoint is a plain function, so it runs in a thread."""

import threading
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import visit


def home(request):
    assert threading.current_thread() is not threading.main_thread()
    return PlainTextResponse("hello from starlette\n")


@asynccontextmanager
async def lifespan(app):
    visit.start()
    yield
    print("the app has cleaned up", flush=True)


app = Starlette(routes=[Route("/", home)], lifespan=lifespan)
