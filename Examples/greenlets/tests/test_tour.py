"""The tour's own test: it says what it always says. Run with `python -m unittest discover -s tests`."""

import contextlib
import io
import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

import main  # noqa: E402


class Tour(unittest.TestCase):
    def output(self, *names):
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
            status = main.main(list(names))
        return status, text.getvalue()

    def test_says_what_it_always_says(self):
        self.assertEqual(self.output(), (0, (FOLDER / "expected.txt").read_text()))

    def test_says_the_same_twice(self):
        self.assertEqual(self.output("deletion"), self.output("deletion"))

    def test_refuses_an_unknown_chapter(self):
        status, text = self.output("nothing")
        self.assertEqual(status, 2)
        self.assertIn("no such chapter: nothing", text)


if __name__ == "__main__":
    unittest.main()
