"""The days on which the hotline is closed besides its weekdays: those that the settings name, and public holidays."""

from datetime import date

from config.settings import RuleSettings

_COUNTRY = "IQ"
_YEARS_AHEAD = 5  # longer than any process runs


def closed_dates(settings: RuleSettings, *, today: date) -> frozenset[date]:
    """All closed days from last year on, for some years.

    The two Eids follow the moon: their days are estimates (`holidays` says so), and the cabinet may move others. What
    differs is added with CLOSED_DATES as soon as it is known.
    """
    if not settings.closed_on_holidays:
        return settings.closed_dates
    import holidays  # noqa: PLC0415  # a third of a second at every start, for those alone who use it

    years = range(today.year - 1, today.year + _YEARS_AHEAD + 1)
    return settings.closed_dates | frozenset(holidays.country_holidays(_COUNTRY, years=years))
