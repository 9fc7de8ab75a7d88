import re
import tempfile
import unittest
from pathlib import Path

from notes import create_app


class Visitor:
    """A browser's part: cookies, and forms with the token of the page that they are on."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, path):
        return self.client.get(path, follow_redirects=True)

    def send(self, path, page=None, **fields):
        token = re.search(r'name="token" value="(\w+)"', self.get(page or path).text)[1]
        return self.client.post(path, data=fields | {"token": token}, follow_redirects=True)


class NotesTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.ada = Visitor(create_app(self.folder))
        self.ada.send("/register", name="Ada", password="difference")

    def write(self, title, text="", **fields):
        return self.ada.send("/notes/new", title=title, text=text, **fields)

    def titles(self, page):
        return re.findall(r"<h2>(.*)</h2>", page.text)

    def test_a_visitor_needs_an_account(self):
        visitor = Visitor(create_app(self.folder))
        for path in ("/", "/notes/new", "/notes/1", "/notes.txt"):
            with self.subTest(path):
                self.assertEqual(visitor.client.get(path).headers["location"], f"/sign-in?to={path}")

    def test_after_signing_in_one_is_where_one_wanted_to_be(self):
        visitor = Visitor(create_app(self.folder))
        page = visitor.send("/sign-in?to=/notes/new", name="ada", password="difference")
        self.assertEqual(page.request.path, "/notes/new")
        elsewhere = Visitor(create_app(self.folder)).send("/sign-in?to=//example.org/", name="ada", password="difference")
        self.assertEqual(elsewhere.request.path, "/")

    def test_accounts(self):
        visitor = Visitor(create_app(self.folder))
        self.assertEqual(visitor.send("/sign-in", name="Ada", password="wrong").status_code, 403)
        self.assertEqual(visitor.send("/sign-in", name="Nobody", password="difference").status_code, 403)
        self.assertEqual(visitor.send("/register", name="Bo", password="short").status_code, 422)
        self.assertEqual(visitor.send("/register", name="ADA", password="difference").status_code, 409)
        self.assertIn("Ada", self.ada.get("/").text)
        self.assertEqual(self.ada.send("/sign-out", page="/").request.path, "/sign-in")
        self.assertEqual(self.ada.get("/").request.path, "/sign-in")

    def test_notes_are_written_changed_and_removed(self):
        self.write("Shopping", "Milk", colour="blue")
        page = self.write("<b>", "1 < 2")
        self.assertIn("Written down.", page.text)
        self.assertEqual(self.titles(page), ["&lt;b&gt;", "Shopping"])
        self.assertIn('<li class="blue">', page.text)
        page = self.ada.send("/notes/1", title="Shopping", text="Milk\nBread", colour="plaid")
        self.assertIn("Milk\nBread", page.text)
        self.assertNotIn("plaid", page.text)
        page = self.ada.send("/notes/1/remove", page="/notes/1")
        self.assertIn("“Shopping” is gone.", page.text)
        self.assertEqual(self.ada.get("/notes/1").status_code, 404)

    def test_a_note_needs_a_title(self):
        page = self.write("  ", "Kept text")
        self.assertEqual(page.status_code, 422)
        self.assertIn("Kept text", page.text)

    def test_search(self):
        for title, text in (("Ferns", "Royal fern, bog"), ("Trees", "Alder, bog"), ("100 %", "")):
            self.write(title, text)
        for words, wanted in (("BOG", ["Trees", "Ferns"]), ("fern", ["Ferns"]), ("%", ["100 %"]), ("_", [])):
            self.assertEqual(self.titles(self.ada.client.get("/", query_string={"q": words})), wanted)

    def test_notes_are_ones_own(self):
        self.write("Secret")
        eve = Visitor(self.ada.client.application)
        eve.send("/register", name="Eve", password="listening")
        self.assertEqual(self.titles(eve.get("/")), [])
        self.assertEqual(eve.get("/notes/1").status_code, 404)
        self.assertEqual(eve.send("/notes/1/remove", page="/").status_code, 404)
        self.assertEqual(self.titles(self.ada.get("/")), ["Secret"])

    def test_a_form_needs_the_session_s_token(self):
        self.assertEqual(self.ada.client.post("/notes/new", data={"title": "x", "text": ""}).status_code, 400)
        self.assertEqual(self.titles(self.ada.get("/")), [])

    def test_export(self):
        self.write("One", "1")
        self.write("Two", "2")
        got = self.ada.get("/notes.txt")
        self.assertEqual(got.text, "One\n===\n\n1\n\n\nTwo\n===\n\n2\n\n\n")
        self.assertEqual(got.headers["content-disposition"], 'attachment; filename="notes.txt"')

    def test_sessions_and_notes_outlive_a_restart(self):
        self.write("Kept")
        again = Visitor(create_app(self.folder))
        cookie = self.ada.client.get_cookie("session").value
        again.client.set_cookie("session", cookie)
        self.assertEqual(self.titles(again.get("/")), ["Kept"])

    def test_static_files(self):
        for name in ("style.css", "icon.svg"):
            with self.ada.client.get(f"/static/{name}") as file:
                self.assertEqual(file.status_code, 200)


if __name__ == "__main__":
    unittest.main()
