"""`sanad demo`: the whole hotline on the simulated network, with phones on a page, or told line by line."""

import signal
import sys
import tempfile
import threading
from pathlib import Path

import click

from gateway import bootstrap
from gateway.cli import team
from gateway.cli.glossary import Translator, write_glossary
from gateway.cli.network import Network
from gateway.cli.ports import Ports, free_port, free_ports, why_not_free
from gateway.cli.stage import Stage
from gateway.cli.storeview import StoreView
from gateway.cli.story import Story
from gateway.core.errors import SanadError
from gateway.endings import asking_for_the_end
from gateway.printout import Printout
from gateway.storage.connect import connect
from gateway.storage.library import load

PORTS = Ports(web=8080, console=8081, simulator=8090)
PANEL_PORT = 8091
STARTING = "starting the hotline on a simulated network (some ten seconds) ..."
STORY_SPEED = 5.0  # nobody listens; but a busy machine must still answer and press within the network's time limits


class PortTaken(SanadError):
    """The port that somebody asked for cannot be had."""

    code = "port_taken"


@click.command()
@click.option("--scripted", is_flag=True, help="Tell one whole case line by line, check the promises, and end.")
@click.option("--port", type=click.IntRange(1, 65535), help=f"Of the page.  [default: {PORTS.simulator}]")
def demo(scripted: bool, port: int | None) -> None:
    """Run everything on a simulated telephone network. Nobody outside this machine is called."""
    ports = free_ports(Ports(web=PORTS.web, console=PORTS.console, simulator=_port_of_page(port, tell=not scripted)))
    with tempfile.TemporaryDirectory(prefix="sanad-demo-") as folder:
        if scripted:
            sys.exit(_tell(Path(folder), ports))
        _hold_phones(Path(folder), ports)


def _port_of_page(wanted: int | None, *, tell: bool) -> int:
    """The port that was asked for, or else the usual one, or else a free one. Raises `PortTaken`."""
    port = wanted or PORTS.simulator
    reason = why_not_free(port)
    if reason is None:
        return port
    if wanted is not None:
        raise PortTaken(f"Port {port} {reason}. Choose another, for example: sanad demo --port {free_port(0)}")
    if tell:
        click.echo(f"port {port} {reason}, so the page has another this time; `sanad demo --port` chooses one")
    return free_port(0)


def _end_when_asked(*, code: int) -> None:
    """Leave whatever is being done, through the end of the stage. Asked again, nothing cuts that end short."""

    def end(*_: object) -> None:
        for number in asking_for_the_end():
            signal.signal(number, signal.SIG_IGN)
        sys.exit(code)

    for number in asking_for_the_end():
        signal.signal(number, end)


def _tell(folder: Path, ports: Ports) -> int:
    _end_when_asked(code=1)
    click.echo(STARTING)
    loaded = load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=bootstrap.utc_now().date())
    with Stage(folder=folder, ports=ports, speed=STORY_SPEED) as stage:
        return Story(stage, click.echo, translator=Translator.of(loaded)).tell()


def _hold_phones(folder: Path, ports: Ports) -> None:
    out = Printout(sys.stdout)
    _end_when_asked(code=0)
    print(STARTING, file=out, flush=True)
    loaded = load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=bootstrap.utc_now().date())
    glossary = write_glossary(loaded, folder / "glossary.json")
    port = free_port(PANEL_PORT)
    options = ("--glossary", str(glossary), "--panel", f"http://127.0.0.1:{port}/")
    with Stage(folder=folder / "house", ports=ports, simulator_options=options) as stage:
        panel = StoreView(connect(stage.store.url), port)
        panel.start()
        team.take_on(stage.environ)
        team.hand_out_phones(Network(stage.network))
        print(f"\n  open {stage.network} in a browser: the phones are there\n\n  end with Ctrl-C", file=out, flush=True)
        try:
            threading.Event().wait()
        finally:
            print("\nending", file=out, flush=True)
            panel.stop()
