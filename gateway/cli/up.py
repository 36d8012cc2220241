"""`sanad up`: everything in the Procfile, with the embedded store if no other is named."""

import os
import sys
from pathlib import Path

import click

from gateway.bootstrap import ROOT
from gateway.supervise import STORE, procfile
from gateway.supervise import up as run


@click.command()
@click.option(
    "--store", type=click.Path(path_type=Path), default=STORE, show_default=True,
    help="Folder of the embedded store, used when REDIS_URL is not set.",
)  # fmt: skip
def up(store: Path) -> None:
    """Run everything: web, console, worker, dialler and clock. Settings come from the environment."""
    sys.exit(run(procfile(ROOT / "Procfile"), os.environ, store_folder=store))
