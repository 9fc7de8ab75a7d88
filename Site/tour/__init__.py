"""The chapters: one module each, with a function `run` that prints what happens."""
