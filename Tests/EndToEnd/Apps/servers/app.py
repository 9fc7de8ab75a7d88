"""A Flask app: `flask --app app run`."""

import visit
from flask import Flask, render_template_string

app = Flask(__name__)


@app.get("/")
def home():
    return render_template_string("hello from {{ name }}\n", name="flask")


visit.start()
