"""Years of titles: where names of one scan give a show's title two years, a bare one may mean either."""

from collections import defaultdict

from reshelve.planner.library.title_matching import Found, works_of
from reshelve.planner.recognise.same_title import Work, normalise


class TitleYears:
    """The years that names of a scan give to the titles of shows."""

    def __init__(self) -> None:
        self._years: dict[str, set[int]] = defaultdict(set)

    def note(self, work: Work) -> None:
        """Note the year that a name gives, if it gives one."""
        if work.year is not None:
            self._years[normalise(work.title)].add(work.year)

    def of(self, work: Work) -> set[int]:
        """Return the years that names give to a title."""
        return self._years.get(normalise(work.title), set())

    def may_be_another(self, work: Work, shelved: Work) -> bool:
        """Say whether a bare title may mean a show of another year than the one whose folder, with its year, stands."""
        if work.year is not None or shelved.year is None or not work.ids.isdisjoint(shelved.ids):
            return False
        return bool(self.of(work) - {shelved.year})

    def folders(self, found: Found, work: Work) -> tuple[str, ...]:
        """Return the folders, also those to come, that a bare title may mean: one of a year stands, and names give others.

        Where none stands the bare title gets a folder of its own, and takes part in no other.
        """
        if work.year is not None or work.ids or not found.folder:
            return ()
        years = {one.year for one in works_of(found.folder) if one.year is not None}
        others = sorted(self.of(work) - years) if years else []
        return (found.folder, *[f"{work.title} ({year})" for year in others]) if others else ()
