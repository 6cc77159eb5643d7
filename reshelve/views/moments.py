"""Moments for people."""


def moment(iso: str) -> str:
    """Return an ISO 8601 time in UTC as people read it, to the minute."""
    return f"{iso[:16].replace('T', ' ')} UTC"
