"""Which files people moved, as `health` finds them: for a scan that takes their new places into the layout."""

import sqlite3

from reshelve.examining.health.check_inputs import Sight
from reshelve.examining.health.checks.missing_check import gone_files
from reshelve.examining.health.one_look import looking
from reshelve.examining.status_and_doctor import lenient
from reshelve.schemas.locations import location_of
from reshelve.session.session import Session


def moved_files(session: Session) -> dict[str, str]:
    """Return where files are now that were moved by hand, by the locations that the catalog knows them at."""
    session = lenient(session)

    def moved(sight: Sight, catalog: sqlite3.Connection) -> dict[str, str]:
        found = gone_files(sight, catalog)
        return {location_of(place.location): location_of(now.where) for place, now in found if now and now.became == "moved"}

    with looking(session) as sight:
        return session.catalog.ask(lambda catalog: moved(sight, catalog))
