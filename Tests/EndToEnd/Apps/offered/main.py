"""Uses every package that the kit offers, through its extension modules; says what came out."""

import asyncio
import threading

import gevent
import jinja2
import markupsafe
import markupsafe._speedups
import tornado.httpserver
import tornado.speedups
import tornado.web
import yaml
import zope.interface
import zope.interface._zope_interface_coptimizations as optimizations
from gevent import greenlet, server, socket, threadpool
from gevent.libev import corecext


def show(what, value):
    print(f"{what}: {value}")


show("jinja2", jinja2.Template("{{ x }}{{ x|safe }}", autoescape=True).render(x="<"))
show("markupsafe", (markupsafe._escape_inner is markupsafe._speedups._escape_inner, markupsafe.escape("<&>")))
show("yaml", yaml.safe_load("a: [1, 2.5, yes]\nb: !!binary aGVsbG8="))


class IShape(zope.interface.Interface):
    def area():
        """How large it is."""


@zope.interface.implementer(IShape)
class Square:
    pass


show("zope", (IShape.providedBy(Square()), issubclass(type(IShape), optimizations.InterfaceBase)))


# gevent: the loop is libev's, greenlets are scheduled by their times, and sockets and threads let others run.
show("loop", (isinstance(gevent.get_hub().loop, corecext.loop), gevent.get_hub().loop.backend))
show("compiled", greenlet.Greenlet.__module__)
order = []


def sleeper(number):
    gevent.sleep(0.05 * (3 - number))
    order.append(number)
    return number


tasks = [gevent.spawn(sleeper, number) for number in range(3)]
gevent.joinall(tasks)
show("tasks", (order, [task.value for task in tasks]))


def echo(connection, address):
    while data := connection.recv(100):
        connection.sendall(data.upper())


service = server.StreamServer(("127.0.0.1", 0), echo)
service.start()


def ask(text):
    with socket.create_connection(("127.0.0.1", service.server_port)) as connection:
        connection.sendall(text)
        return connection.recv(100)


show("sockets", [task.get() for task in [gevent.spawn(ask, b"%d times" % n) for n in range(5)]])
service.stop()
show("thread", threadpool.ThreadPool(1).apply(lambda: threading.current_thread() is threading.main_thread()))
with gevent.Timeout(0.1, False):
    gevent.sleep(60)
    print("never")
failing = gevent.spawn(lambda: {}["missing"])
failing.join()
show("failure", repr(failing.exception))


# Tornado: its server and client, on asyncio.
class Hello(tornado.web.RequestHandler):
    def get(self, name):
        self.write({"hello": name})


async def fetch():
    from tornado.httpclient import AsyncHTTPClient
    from tornado.netutil import bind_sockets

    (listener,) = bind_sockets(0, "127.0.0.1")
    port = listener.getsockname()[1]
    web = tornado.httpserver.HTTPServer(tornado.web.Application([("/(.*)", Hello)]))
    web.add_sockets([listener])
    answers = await asyncio.gather(*(AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/{n}") for n in range(3)))
    web.stop()
    return [answer.body for answer in answers]


show("tornado", (tornado.speedups.websocket_mask(b"abcd", b"hello"), asyncio.run(fetch())))
