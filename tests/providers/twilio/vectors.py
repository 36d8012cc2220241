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
