"""One connection for each request, closed at its end."""

import sqlite3

from flask import current_app, g


def database():
    if "database" not in g:
        g.database = sqlite3.connect(current_app.config["DATABASE"])
        g.database.row_factory = sqlite3.Row
        g.database.execute("PRAGMA foreign_keys = ON")
    return g.database


def close(error=None):
    if connection := g.pop("database", None):
        connection.close()


def prepare(app):
    """Makes the tables that are missing, and has every request close its connection."""
    app.teardown_appcontext(close)
    with app.app_context(), app.open_resource("schema.sql", mode="r") as schema:
        database().executescript(schema.read())
