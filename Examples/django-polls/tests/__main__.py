"""The tests without Django's own runner, for programs without ctypes, which that one imports: `python -m tests`."""

import os
import unittest

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")
django.setup()

from django.test.utils import setup_databases, setup_test_environment, teardown_databases  # noqa: E402

setup_test_environment()
databases = setup_databases(verbosity=1, interactive=False)
program = unittest.main(module=None, argv=["tests", "discover", "-s", "tests", "-t", "."], exit=False)
teardown_databases(databases, verbosity=1)
raise SystemExit(not program.result.wasSuccessful())
