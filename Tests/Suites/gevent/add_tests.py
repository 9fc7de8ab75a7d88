"""Makes gevent.tests of the source distribution, which the kit's wheel does not carry, a part of the installed package."""

import os

import gevent

gevent.__path__.append(os.path.join(os.getcwd(), "gevent_source"))
