"""What setup.py does for children that import the tests of concurrent.futures: their mixins name an executor that needs
interpreters inside interpreters, which the standard library then does not have."""

import sys

if any("test_concurrent_futures" in word for word in sys.orig_argv):
    import concurrent.futures

    if not hasattr(concurrent.futures, "InterpreterPoolExecutor"):
        concurrent.futures.InterpreterPoolExecutor = None
