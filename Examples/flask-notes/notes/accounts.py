"""Registration, sign in and sign out; who it is, is in the signed session."""

import functools
import secrets
import sqlite3

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.security import check_password_hash, generate_password_hash

from .database import database

pages = Blueprint("accounts", __name__)


@pages.before_app_request
def load_account():
    query = "SELECT id, name FROM account WHERE id = ?"
    g.account = database().execute(query, (session.get("account"),)).fetchone()


@pages.before_app_request
def check_form():
    """A form is only taken from a page of ours: each has the session's token in it."""
    if request.method == "POST" and not secrets.compare_digest(request.form.get("token", ""), token()):
        abort(400, "This form is not from your session. Go back, reload the page and send it again.")


@pages.app_template_global()
def token():
    return session.setdefault("token", secrets.token_hex(16))


def needs_account(view):
    """Sends visitors without an account to the page where they get one."""

    @functools.wraps(view)
    def guarded(**arguments):
        return view(**arguments) if g.account else redirect(url_for("accounts.sign_in", to=request.path))

    return guarded


def enter(account):
    to = request.args.get("to", "")
    session.clear()
    session["account"] = account
    # Only to a page of this application.
    return redirect(request.root_path + to if to.startswith("/") and not to.startswith("//") else url_for("book.index"))


@pages.route("/register", methods=["GET", "POST"])
def register():
    if request.method == "GET":
        return render_template("enter.html", is_new=True)
    name, password = request.form["name"].strip(), request.form["password"]
    if not name or len(password) < 6:
        flash("A name, and a password of at least six characters.", "problem")
        return render_template("enter.html", is_new=True), 422
    try:
        with database() as connection:
            made = connection.execute(
                "INSERT INTO account (name, password) VALUES (?, ?)", (name, generate_password_hash(password))
            )
    except sqlite3.IntegrityError:
        flash(f"There is an account with the name {name} already.", "problem")
        return render_template("enter.html", is_new=True), 409
    return enter(made.lastrowid)


@pages.route("/sign-in", methods=["GET", "POST"])
def sign_in():
    if request.method == "GET":
        return render_template("enter.html", is_new=False)
    query = "SELECT id, password FROM account WHERE name = ?"
    account = database().execute(query, (request.form["name"].strip(),)).fetchone()
    if not account or not check_password_hash(account["password"], request.form["password"]):
        flash("That name and that password do not belong together.", "problem")
        return render_template("enter.html", is_new=False), 403
    return enter(account["id"])


@pages.post("/sign-out")
def sign_out():
    session.clear()
    return redirect(url_for("accounts.sign_in"))
