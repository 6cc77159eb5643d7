"""A finding of the doctor's."""

from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Finding:
    """One thing the doctor looked at: what, how it is, and what to do when that is not well."""

    what: str
    how: str
    well: bool = True
    advice: str = ""
