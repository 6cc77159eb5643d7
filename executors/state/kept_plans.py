"""Plans that are kept until they are applied, each in a folder named by its digest. Losing one loses no file."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from reshelve.executors.state.state_files import replace_state_file
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.documents.plan_files import save_plan
from reshelve.schemas.documents.source_lines import open_file, read_file
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass

MOST = 200
"""How many plans are kept; with one more, the oldest goes."""

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_FIGURES = "figures.json"
_GROUPS = "groups.json"


@dataclass(slots=True, frozen=True)
class KeptPlan:
    """A plan that is kept: its file, and the figures noted when it was made."""

    digest: str
    file: Path
    figures: dict[str, Any]

    def operations(self, start: int, most: int) -> list[dict[str, Any]]:
        """Return up to `most` operations from number `start` on, as the plan's file has them.

        Raises OSError, and ReshelveError where the file has not as many as were noted when it was made.
        """
        try:
            found: list[dict[str, Any]] = [json.loads(line) for line in islice(self.lines(), start, start + most)]
        except ValueError:
            raise not_whole(self.digest) from None
        if len(found) != max(0, min(most, self.figures["operations"] - start)):
            raise not_whole(self.digest)
        return found

    def groups(self) -> list[dict[str, Any]]:
        """Return the groups noted when it was made. Raises OSError, ValueError."""
        found: list[dict[str, Any]] = json.loads(read_file(self.file.parent / _GROUPS))
        return found

    def lines(self) -> Iterator[bytes]:
        """Yield the JSON of each operation in order. Raises OSError."""
        with open_file(self.file) as lines:
            for line in lines:
                if line.endswith(b'"operations":[\n'):
                    break
            for line in lines:
                if line.startswith(b"{"):
                    yield line.rstrip(b",\n")


def not_whole(digest: str) -> ReshelveError:
    """Return what a plan is refused with whose file was damaged."""
    detail = "It is kept, but not whole."
    return stop("no-such-plan", "There is no such plan.", detail, path=digest, hint="Make a new plan.")


class KeptPlans:
    """The folder `plans` of a workspace's state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._folder = state.folder / "plans"

    def keep(self, plan: Plan, figures: dict[str, Any], groups: Sequence[dict[str, Any]] = ()) -> KeptPlan:
        """Keep a plan, with its figures and the groups that its operations fall into.

        Raises OSError, and ReshelveError where the state cannot be written.
        """
        self._state.prepare()
        if self._folder.is_symlink():
            detail = "What reshelve keeps would be written where it leads."
            raise stop("state-link", "A folder of the state is a link.", detail, path=str(self._folder))
        folder = self._folder / plan.id
        folder.mkdir(parents=True, exist_ok=True)
        save_plan(plan, folder / "plan.json")
        replace_state_file(folder / _GROUPS, json.dumps(groups, ensure_ascii=True).encode())
        noted = {**figures, "file_bytes": (folder / "plan.json").stat().st_size}
        replace_state_file(folder / _FIGURES, json.dumps(noted, ensure_ascii=True).encode())
        self._drop_old(plan.id)
        return KeptPlan(plan.id, folder / "plan.json", figures)

    def find(self, digest: str) -> KeptPlan:
        """Return a plan that is kept. Raises ReshelveError where there is none, or its file was changed."""
        folder = self._folder / digest
        with suppress(OSError, ValueError):
            if _DIGEST.match(digest) and (folder / "plan.json").is_file():
                kept = KeptPlan(digest, folder / "plan.json", json.loads(read_file(folder / _FIGURES)))
                size = kept.file.stat().st_size
                if kept.figures.get("file_bytes", size) != size:
                    raise not_whole(digest)
                return kept
        detail = "No plan of this digest is kept. Only the newest are."
        raise stop("no-such-plan", "There is no such plan.", detail, path=digest, hint="Make a new plan.")

    def all(self) -> list[KeptPlan]:
        """Return every plan that is kept, newest first."""
        found = []
        for folder in self._folders():
            with suppress(OSError, ValueError):
                found.append(KeptPlan(folder.name, folder / "plan.json", json.loads(read_file(folder / _FIGURES))))
        return found

    def drop(self, digest: str) -> None:
        """Forget a plan. Raises ReshelveError where there is none, and OSError."""
        if not _DIGEST.match(digest) or not (self._folder / digest).is_dir():
            self.find(digest)
        shutil.rmtree(self._folder / digest)

    def _folders(self) -> list[Path]:
        """Return the folders of plans that are whole, newest first."""
        dated = []
        with suppress(OSError):
            for folder in self._folder.iterdir():
                with suppress(OSError):
                    if _DIGEST.match(folder.name):
                        dated.append(((folder / _FIGURES).stat().st_mtime_ns, folder))
        return [folder for _, folder in sorted(dated, reverse=True)]

    def _drop_old(self, new: str) -> None:
        for folder in self._folders()[MOST:]:
            if folder.name != new:
                shutil.rmtree(folder, ignore_errors=True)
