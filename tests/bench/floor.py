"""The floor: the least that any webhook of ours must do, on the same server and the same store.

It checks the provider's signature and has one stream entry on disk before it answers a constant document.
"""

import os

from flask import Flask, Response, request

from gateway.providers.twilio import signature
from gateway.storage.connect import connect

XML = "text/xml; charset=utf-8"
DOCUMENT = '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Hangup/></Response>'
STREAM = "floor"


def app() -> Flask:
    """The bare application, from the same environment that `web` has."""
    token, public_url = os.environ["TWILIO_AUTH_TOKEN"], os.environ["PUBLIC_URL"]
    store = connect(os.environ["REDIS_URL"])
    bare = Flask("floor", static_folder=None)

    @bare.post("/twilio/voice")
    def voice() -> Response:
        form = list(request.form.items(multi=True))
        signature.verify(
            token,
            public_url=public_url,
            raw_path=request.path,
            raw_query=request.environ.get("QUERY_STRING", ""),
            form=form,
            body=b"",
            content_type=request.content_type or "",
            signature=request.headers.get("X-Twilio-Signature"),
        )
        store.xadd(STREAM, {"call": request.form["CallSid"]})
        return Response(DOCUMENT, content_type=XML)

    return bare
