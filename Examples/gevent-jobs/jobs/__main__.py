from gevent.pywsgi import WSGIServer

from .web import Web
from .work import Board

server = WSGIServer(("127.0.0.1", 8000), Web(Board()))
print("Jobs are done at http://127.0.0.1:8000/", flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    server.stop()
