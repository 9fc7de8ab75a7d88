"""Runs one module of a test suite, wherever Python runs, and says what became of each test.

The plan is JSON in the environment variable SUITE_PLAN:

    {"module": "package.test_x", "runner": "unittest", "skip": ["pattern", …], "from": 0, "setup": "setup.py"}
    {"list": "package"}                     says the names of the test modules of an installed package

Events go to the standard output that was there at the start, one a line, after a line break and the character 0x1E, so
that whatever tests print can't be taken for one:

    {"event": "start", "index": 3, "test": "package.test_x.Class.test_y"}
    {"event": "end", "test": …, "outcome": "passed" | "skipped" | "failed", "reason": …, "seconds": …}
    {"event": "done"}

A run that died is continued by another one with "from": the index of the first test that has not started.
"""

import fnmatch
import json
import os
import runpy
import sys
import time
import traceback

plan = {}
output = -1


def say(**event):
    line = memoryview(("\n\x1e" + json.dumps(event) + "\n").encode())
    while line:
        line = line[os.write(output, line) :]


class Recorder:
    """Keeps the worst outcome of the test that is running, and says it when the test ends."""

    def __init__(self):
        self.test = None

    def start(self, index, test):
        self.test, self.outcome, self.reason, self.began = test, None, "", time.monotonic()
        say(event="start", index=index, test=test)

    def note(self, outcome, reason=""):
        order = [None, "passed", "skipped", "failed"]
        if order.index(outcome) > order.index(self.outcome):
            self.outcome, self.reason = outcome, reason

    def end(self):
        seconds = round(time.monotonic() - self.began, 3)
        say(event="end", test=self.test, outcome=self.outcome or "passed", reason=self.reason, seconds=seconds)
        self.test = None

    def aside(self, test, outcome, reason):
        """What is not a test: the fixture of a class or a module, a file that can't be imported."""
        self.start(-1, test)
        self.note(outcome, reason)
        self.end()


recorder = Recorder()


def is_left_out(test):
    return any(fnmatch.fnmatchcase(test, pattern) for pattern in plan.get("skip", ()))


def run_unittest():
    import unittest

    def flat(tests):
        for test in tests:
            if isinstance(test, unittest.TestSuite):
                yield from flat(test)
            else:
                yield test

    tests = list(flat(unittest.defaultTestLoader.loadTestsFromNames([plan["module"]])))
    places = {id(test): index for index, test in enumerate(tests)}

    class Result(unittest.TestResult):
        showAll = False  # tests that ask how much to tell expect unittest's own runner

        def startTest(self, test):
            super().startTest(test)
            recorder.start(places[id(test)], test.id())

        def stopTest(self, test):
            super().stopTest(test)
            recorder.end()

        def _outcome(self, test, outcome, reason):
            if recorder.test is None:
                recorder.aside(test.id(), outcome, reason)
            else:
                recorder.note(outcome, reason)

        def addSuccess(self, test):
            recorder.note("passed")

        def addFailure(self, test, error):
            self._outcome(test, "failed", "".join(traceback.format_exception(*error)))

        addError = addFailure

        def addSubTest(self, test, subtest, error):
            if error is not None:
                self._outcome(test, "failed", f"{subtest}\n" + "".join(traceback.format_exception(*error)))

        def addSkip(self, test, reason):
            self._outcome(test, "skipped", reason)

        def addExpectedFailure(self, test, error):
            recorder.note("passed")

        def addUnexpectedSuccess(self, test):
            recorder.note("failed", "unexpected success")

    kept = [test for test in tests[plan.get("from", 0) :] if not is_left_out(test.id())]
    unittest.TestSuite(kept).run(Result())


def run_pytest():
    import pytest

    class Plugin:
        def pytest_collection_modifyitems(self, items):
            self.places = {item.nodeid: index for index, item in enumerate(items)}
            items[:] = [item for item in items[plan.get("from", 0) :] if not is_left_out(item.nodeid)]

        def pytest_collectreport(self, report):
            if not report.passed:
                skipped = report.skipped
                reason = report.longrepr[2] if skipped else str(report.longrepr)
                recorder.aside(report.nodeid, "skipped" if skipped else "failed", reason)

        def pytest_runtest_logstart(self, nodeid):
            recorder.start(self.places[nodeid], nodeid)

        def pytest_runtest_logreport(self, report):
            if report.failed:
                recorder.note("failed", f"{report.when}: {report.longreprtext}")
            elif report.skipped and hasattr(report, "wasxfail"):
                recorder.note("passed")
            elif report.skipped:
                recorder.note("skipped", report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr))

        def pytest_runtest_logfinish(self):
            recorder.end()

    arguments = ["-q", "--no-header", "-p", "no:cacheprovider", *plan.get("arguments", ()), plan["module"]]
    status = pytest.main(arguments, [Plugin()])
    if status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        sys.exit(f"pytest itself failed: {status!r}")


def list_modules():
    import importlib
    import pkgutil

    package = importlib.import_module(plan["list"])
    say(event="modules", names=sorted(
        f"{plan['list']}.{each.name}" for each in pkgutil.iter_modules(package.__path__) if each.name.startswith("test")
    ))


def main():
    global plan, output
    plan = json.loads(os.environ.pop("SUITE_PLAN"))
    output = os.dup(1)
    sys.argv[1:] = []
    # Children that tests start find the suite's modules, too.
    os.environ.setdefault("PYTHONPATH", os.getcwd())
    if "setup" in plan:
        runpy.run_path(plan["setup"])
    if "list" in plan:
        list_modules()
    elif plan["runner"] == "pytest":
        run_pytest()
    else:
        run_unittest()
    say(event="done")


if __name__ == "__main__":  # worker processes import their parent's main module
    main()
