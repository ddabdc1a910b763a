"""API versions and falling forward."""

# Quarterly, supported for a year; the sandbox executes the schema of CURRENT for all of them.
SUPPORTED = ("2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "unstable")
CURRENT = "2026-10"


def answered_version(asked):
    """Return the version that answers: an expired one falls forward to the oldest supported.

    None for what is no version at all.
    """
    if asked in SUPPORTED:
        return asked
    year, _dash, month = asked.partition("-")
    if year.isdigit() and len(year) == 4 and month in ("01", "04", "07", "10"):
        return SUPPORTED[0] if asked < SUPPORTED[0] else None
    return None
