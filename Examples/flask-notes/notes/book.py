"""The notes of an account: list, search, write, change, remove, export."""

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for

from .accounts import needs_account
from .database import database

pages = Blueprint("book", __name__)
COLOURS = ["yellow", "green", "blue", "rose"]


def note_of_account(note):
    query = "SELECT * FROM note WHERE id = ? AND account = ?"
    return database().execute(query, (note, g.account["id"])).fetchone() or abort(404)


def form():
    """What was sent, and whether it is a note."""
    title, text = request.form["title"].strip(), request.form["text"].strip()
    colour = request.form.get("colour")
    return {"title": title, "text": text, "colour": colour if colour in COLOURS else COLOURS[0]}


@pages.get("/")
@needs_account
def index():
    words = request.args.get("q", "").strip()
    notes = database().execute(
        """SELECT * FROM note WHERE account = ? AND (instr(lower(title), lower(?)) OR instr(lower(text), lower(?)))
           ORDER BY id DESC""",
        (g.account["id"], words, words),
    )
    return render_template("index.html", notes=notes.fetchall(), words=words)


@pages.route("/notes/new", methods=["GET", "POST"])
@needs_account
def write():
    if request.method == "GET":
        return render_template("edit.html", note={"colour": COLOURS[0]}, colours=COLOURS)
    note = form()
    if not note["title"]:
        flash("A note needs a title.", "problem")
        return render_template("edit.html", note=note, colours=COLOURS), 422
    with database() as connection:
        connection.execute(
            "INSERT INTO note (account, title, text, colour) VALUES (:account, :title, :text, :colour)",
            note | {"account": g.account["id"]},
        )
    flash("Written down.")
    return redirect(url_for("book.index"))


@pages.route("/notes/<int:note>", methods=["GET", "POST"])
@needs_account
def change(note):
    old = note_of_account(note)
    if request.method == "GET":
        return render_template("edit.html", note=old, colours=COLOURS)
    new = form() | {"id": note}
    if not new["title"]:
        flash("A note needs a title.", "problem")
        return render_template("edit.html", note=new, colours=COLOURS), 422
    with database() as connection:
        connection.execute("UPDATE note SET title = :title, text = :text, colour = :colour WHERE id = :id", new)
    flash("Changed.")
    return redirect(url_for("book.index"))


@pages.post("/notes/<int:note>/remove")
@needs_account
def remove(note):
    title = note_of_account(note)["title"]
    with database() as connection:
        connection.execute("DELETE FROM note WHERE id = ?", (note,))
    flash(f"“{title}” is gone.")
    return redirect(url_for("book.index"))


@pages.get("/notes.txt")
@needs_account
def export():
    def lines():
        for note in notes:
            yield f"{note['title']}\n{'=' * len(note['title'])}\n\n{note['text']}\n\n\n"

    notes = database().execute("SELECT * FROM note WHERE account = ? ORDER BY id", (g.account["id"],)).fetchall()
    name = {"Content-Disposition": 'attachment; filename="notes.txt"'}
    return Response(lines(), mimetype="text/plain", headers=name)
