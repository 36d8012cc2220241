"""The signals that mean "end in good order", the same ones in every program of ours that has others below it."""

import signal


def asking_for_the_end() -> list[signal.Signals]:
    """Ctrl-C, a shutdown, a closed window, Ctrl-\\; of the last two what `nohup` or a shell had ignored is left out."""
    others = (signal.SIGHUP, signal.SIGQUIT)
    return [
        signal.SIGTERM,
        signal.SIGINT,
        *(number for number in others if signal.getsignal(number) is not signal.SIG_IGN),
    ]
