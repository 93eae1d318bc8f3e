"""The application of the demo image. It is scanned, never run."""

import flask

app = flask.Flask("checkout")


@app.route("/")
def index() -> str:
    return "nothing in the basket"
