"""The application, for `uvicorn main:app`."""

from herbarium.app import app

__all__ = ["app"]
