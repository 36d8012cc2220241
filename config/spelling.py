"""Variables that look like settings of ours and are none: a misspelt one would be passed over in silence."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from config.settings import SETTINGS_OF, variables

# Who has a variable that begins so means us; any other name must be very near to one of ours.
_OUR_FAMILIES = ("SANAD_", "TWILIO_", "KANNEL_", "USSD_")
_ALIKE = 0.85


def misspelt(names: Iterable[str]) -> dict[str, str | None]:
    """Which of these names nobody reads though they look like ours; each with what may be meant, if anything is."""
    known = sorted({name for model in SETTINGS_OF.values() for name in variables(model)})
    strange = {name: _meant(name, known) for name in sorted(names) if name not in known}
    return {name: meant for name, meant in strange.items() if meant or name.upper().startswith(_OUR_FAMILIES)}


def _meant(name: str, known: Sequence[str]) -> str | None:
    if name.removesuffix("_FILE") in known:  # only secrets can come from files
        return name.removesuffix("_FILE")
    return next(iter(get_close_matches(name.upper(), known, n=1, cutoff=_ALIKE)), None)
