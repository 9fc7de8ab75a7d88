"""gunicorn's sync worker in this process: what its arbiter does after the fork, without the arbiter and the fork."""

import os
import sys

from gunicorn import sock
from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.workers.sync import SyncWorker

sys.argv = ["gunicorn", "--bind", f"127.0.0.1:{os.environ['PORT']}", "--access-logfile", "-", "wsgi:app"]
application = WSGIApplication()
settings = application.cfg
log = settings.logger_class(settings)
listeners = sock.create_sockets(settings, log)
worker = SyncWorker(1, os.getppid(), listeners, application, settings.timeout, settings, log)
worker.pid = os.getpid()
try:
    worker.init_process()
finally:
    print("the worker has ended", flush=True)
