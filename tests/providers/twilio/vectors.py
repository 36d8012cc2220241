"""Where the reference data of `SANAD_VECTORS` is read from; tests that need it are skipped without it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

HERE = os.environ.get("SANAD_VECTORS")
needed = pytest.mark.skipif(not HERE, reason="SANAD_VECTORS names no folder of reference data")


def path(name: str) -> Path:
    return Path(HERE or "") / name


def read(name: str) -> Any:
    return json.loads(path(name).read_text(encoding="utf-8"))


def check(method: str, path: str, request: Any) -> None:
    """Fail unless a request fits the provider's own description of this path: no unknown name, no missing one."""
    operation = read("twilio_api_calls_messages.json")["paths"][path][method.lower()]
    assert set(request.query) <= {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
    if not request.form:
        return
    form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    assert set(form.get("required", [])) <= set(request.form) <= set(form["properties"])
    for field, values in request.form.items():
        rule = form["properties"][field]
        assert len(values) == 1 or rule["type"] == "array"
        assert rule.get("type") != "integer" or values[0].isdigit()
        assert values[0] in rule.get("enum", values)
