"""A notebook: everybody has an account, and their own notes in it."""

import secrets
from pathlib import Path

from flask import Flask, render_template


def create_app(instance=None):
    """The application; `instance` is the folder of what it stores, instead of its usual one."""
    app = Flask(__name__, instance_path=instance and str(instance), instance_relative_config=True)
    folder = Path(app.instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    app.config.from_mapping(
        DATABASE=folder / "notes.sqlite3", SECRET_KEY=secret_key(folder / "secret-key"), SESSION_COOKIE_SAMESITE="Lax"
    )

    from . import accounts, book, database

    database.prepare(app)
    app.register_blueprint(accounts.pages)
    app.register_blueprint(book.pages)

    @app.errorhandler(404)
    def missing(error):
        return render_template("missing.html"), 404

    return app


def secret_key(file):
    """What signs the sessions: made once, and kept, so that they outlive a restart."""
    if not file.exists():
        file.write_text(secrets.token_hex(32))
    return file.read_text()
