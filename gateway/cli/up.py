"""`sanad up`: everything in the Procfile, with the embedded store if no other is named."""

import os
import sys
from pathlib import Path

import click

from gateway.bootstrap import ROOT
from gateway.cli.preflight import before_start, misspelt_settings
from gateway.cli.remarks import Mark, tell
from gateway.printout import Printout
from gateway.supervise import STORE, procfile
from gateway.supervise import up as run

READY = "all is in order; starting everything, to be ended with Ctrl-C. `sanad doctor` says how it stands"


@click.command()
@click.option(
    "--store", type=click.Path(path_type=Path), default=STORE, show_default=True,
    help="Folder of the embedded store, used when REDIS_URL is not set.",
)  # fmt: skip
def up(store: Path) -> None:
    """Run everything: web, console, worker, dialler and clock. Settings come from the environment.

    Nothing is started while something would keep a part of it from working.
    """
    tell(misspelt_settings(os.environ))
    wrong = [remark for remark in before_start(os.environ) if remark.mark is Mark.MEND]
    if tell(wrong):
        click.echo("nothing was started: mend this first", err=True)
        sys.exit(1)
    print(READY, file=Printout(sys.stdout), flush=True)
    sys.exit(run(procfile(ROOT / "Procfile"), os.environ, store_folder=store))
