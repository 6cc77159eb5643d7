"""Wishes: how long a project says of itself, in its own project_config.json, that it rests where it is."""

from collections.abc import Mapping

from reshelve.planner.ports.project_configs import ConfigReader
from reshelve.planner.tiers.due_projects import NEVER
from reshelve.planner.tiers.tier_contents import Standing
from reshelve.schemas.locations import join, printable
from reshelve.schemas.problems import Problem
from reshelve.schemas.project_config_parsing import CONFIG
from reshelve.schemas.tier_settings import Move


class Wishes:
    """Reads each project's file once, and only where a move asks for it. `problems` names what could not be taken."""

    def __init__(self, reader: ConfigReader | None) -> None:
        self.problems: list[Problem] = []
        self._reader = reader
        self._read: dict[str, Mapping[str, object] | ValueError] = {}

    def after(self, move: Move, standing: Standing) -> str | None:
        """Return after what age a move takes a project: its own word where the move asks for it, else the move's `after`.

        NEVER where its word cannot be read: it may have asked to stay.
        """
        if move.setting is None or self._reader is None or not standing.holds(CONFIG):
            return move.after
        place = join(standing.root, f"{standing.rel}/{CONFIG}")
        try:
            wish = self._settings(self._reader, standing).get(move.setting)
        except ValueError as fault:
            self._say(place, f"{fault}", "Correct that file; until then the project stays where it is.")
            return NEVER
        if wish is None:
            return move.after
        if isinstance(wish, bool) or not isinstance(wish, int) or not 0 <= wish < 1_000_000:
            self._say(place, f"settings.{move.setting} is {printable(repr(wish)[:60])}, which is no number of days")
            return move.after
        return f"{wish}d"

    def _settings(self, reader: ConfigReader, standing: Standing) -> Mapping[str, object]:
        known = self._read.get(standing.location)
        if known is None:
            try:
                known = reader.settings(standing.root, f"{standing.rel}/{CONFIG}")
            except ValueError as fault:
                known = fault
            self._read[standing.location] = known
        if isinstance(known, ValueError):
            raise known
        return known

    def _say(self, place: str, why: str, hint: str = "Write a whole number of days; until then `after` of the move holds.") -> None:
        problem = Problem("project-setting", "A project's own setting cannot be taken.", f"{why}.", place, hint, severity="warning")
        if problem not in self.problems:
            self.problems.append(problem)
