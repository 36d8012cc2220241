"""The two WSGI factories that the server calls: `gateway.wsgi:web` and `gateway.wsgi:console`.

What cannot start says why in one sentence, and ends: a traceback helps nobody who installs this.
"""

import gc
import os
import sys
from collections.abc import Callable

from flask import Flask

from config.settings import BrokenSettings
from gateway import bootstrap
from gateway.core.errors import SanadError
from gateway.web.apps import console_app, webhook_app


def web() -> Flask:
    """The face to the internet, from the environment."""
    return _or_say_why(lambda: webhook_app(bootstrap.web(os.environ)))


def console() -> Flask:
    """The staff's face, from the environment."""
    return _or_say_why(lambda: console_app(bootstrap.console(os.environ)))


def _or_say_why(make: Callable[[], Flask]) -> Flask:
    try:
        app = make()
    except (SanadError, BrokenSettings) as error:
        print(f"cannot start: {error.advice}", file=sys.stderr)
        sys.exit(1)
    gc.collect()
    gc.freeze()  # what was made at start stays: looking through it for garbage would stop every caller for a moment
    return app
