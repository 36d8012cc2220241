"""Where a command finds the store that runs beside it, with the operator's rights."""

import os
from collections.abc import Mapping

from gateway.core.errors import StoreUnavailable
from gateway.storage.users import operator_environ
from gateway.supervise import STORE


def environ_beside() -> dict[str, str]:
    """This environment with the address of the store that it names or that runs here. Raises `StoreUnavailable`."""
    environ = operator_environ(os.environ, STORE)
    refuse_without_store(environ)
    return environ


def refuse_without_store(environ: Mapping[str, str]) -> None:
    """Nothing where a store is named. Raises `StoreUnavailable`, which says how to start or to name one."""
    if not (environ.get("REDIS_URL") or environ.get("REDIS_URL_FILE")):
        raise StoreUnavailable("No store runs here: `sanad up` starts one, or REDIS_URL names one.")
