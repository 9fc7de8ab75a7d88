"""apsw's tests as its wheel carries them, less what its own setup() finds this SQLite to lack."""

from apsw.tests.__main__ import *  # noqa: F403
from apsw.tests.__main__ import setup

setup()
