"""The command line: `sanad ...`. Each command stands in a file of its subject; here they are put together.

An error that was foreseen ends in one sentence that tells a person what to do, and exit code 1.
"""

import sys
from typing import Any

import click

from config.settings import BrokenSettings
from gateway.cli import demo, doctor, keys, report, responders, scripts, up
from gateway.core.errors import SanadError
from gateway.core.redaction import redact


class Silent(click.Group):
    """Does not repeat a telephone number that was typed in a place where none belongs."""

    def invoke(self, ctx: click.Context) -> Any:
        """As ever; what is wrong with the words that were given is told without a number."""
        try:
            return super().invoke(ctx)
        except click.UsageError as wrong:
            told = redact(wrong.format_message())
            if told == wrong.format_message():
                raise
            silent = click.UsageError(told, wrong.ctx)
        raise silent  # here, not above: the one that holds the number must not follow as its context


@click.group(cls=Silent, context_settings={"help_option_names": ["-h", "--help"]})
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
