"""The command line: `sanad ...`. Each command stands in a file of its subject; here they are put together.

An error that was foreseen ends in one sentence that tells a person what to do, and exit code 1.
"""

import sys

import click

from config.settings import BrokenSettings
from gateway.cli import demo, doctor, keys, report, responders, scripts, up
from gateway.core.errors import SanadError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def sanad() -> None:
    """Sanad: a hotline gateway. Callers are called back; nobody in between learns who called."""


sanad.add_command(up.up)
sanad.add_command(demo.demo)
sanad.add_command(doctor.doctor)
sanad.add_command(keys.keys)
sanad.add_command(responders.responders)
sanad.add_command(scripts.scripts)
sanad.add_command(scripts.directory)
sanad.add_command(report.report)


def main() -> None:
    """Run a command; say what went wrong in a sentence."""
    try:
        sanad.main(standalone_mode=True)
    except (SanadError, BrokenSettings) as error:
        click.echo(f"sanad: {error.advice}", err=True)
        sys.exit(1)
