"""A WSGI app: `waitress-serve wsgi:app`, `gunicorn wsgi:app`; as a script, on the standard library's server."""

import os

import visit


def app(environ, start_response):
    body = b"hello from wsgi\n" if environ["PATH_INFO"] == "/" else b"nothing here\n"
    status = "200 OK" if environ["PATH_INFO"] == "/" else "404 Not Found"
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


visit.start()

if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    with make_server("127.0.0.1", int(os.environ["PORT"]), app) as server:
        print("serving", flush=True)
        try:
            server.serve_forever()
        finally:
            print("the app has cleaned up", flush=True)
