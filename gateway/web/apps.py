"""The two faces, never one app: the provider's webhooks, and the staff's console."""

from collections.abc import Callable

from flask import Flask

from gateway.web import failures, health, texts, webhooks
from gateway.web.house import WebHouse


def webhook_app(house: WebHouse) -> Flask:
    """The face to the internet."""
    app = Flask("sanad-web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = webhooks.LONGEST_FORM
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # it would redirect to the mended address, and repeat what stood in it
    webhooks.register(app, house)
    texts.register(app, house)
    failures.register(app, house)
    health.register(app, house.check)
    return app


def console_app(check: Callable[[], None]) -> Flask:
    """The staff's face, on a port of its own; for now it says whether the house is well."""
    app = Flask("sanad-console", static_folder=None)
    health.register(app, check)
    return app
