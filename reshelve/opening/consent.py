"""Consent: what a workspace wants of this machine is done only once its owner agreed; kept outside the folder, and bound to it.

A consent is for one folder (its real path) and for exactly one thing: host, port, scheme and variable, or one file. It lies in
`$XDG_STATE_HOME/reshelve/trust/`, where nobody but this user may write. `reshelve.local.yaml` beside the workspace is this user's
own word, and needs none, as long as git does not track it and no run of reshelve put it there.
"""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from reshelve.opening.brought_files import brought
from reshelve.opening.git_tracked import tracked
from reshelve.opening.workspace_search import state_base
from reshelve.schemas.consent_needs import LOCAL, Reach
from reshelve.schemas.locations import encode_path
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Consent:
    """One consent as it is kept: for which part of the document, to what, and when (ISO 8601)."""

    key: str
    does: str
    exact: str
    since: str


class UntrustedError(ReshelveError):
    """A workspace wants what nobody here has consented to. `reaches` is what, `trust` where consent to it would be kept."""

    def __init__(self, trust: "Trust", reaches: Sequence[Reach]) -> None:
        self.trust = trust
        self.reaches = tuple(reaches)
        super().__init__([_problem(trust, reach) for reach in self.reaches], "declined")


@dataclass(slots=True, frozen=True)
class Trust:
    """What this user consented to for the workspace in one folder: kept in `file`, and what `overlay` says.

    Each question looks anew.
    """

    folder: Path
    file: Path
    overlay: Path

    def lacking(self, reaches: Sequence[Reach]) -> list[Reach]:
        """Return those that have no consent, each once."""
        if not reaches:
            return []
        given = {consent.exact for consent in self.given()}
        own = not self.overlay_is_foreign() if any(reach.document == LOCAL for reach in reaches) else False
        return [reach for reach in dict.fromkeys(reaches) if reach.exact not in given and not (own and reach.document == LOCAL)]

    def demand(self, reaches: Sequence[Reach]) -> None:
        """Raise UntrustedError where anything has no consent."""
        lacking = self.lacking(reaches)
        if lacking:
            raise UntrustedError(self, lacking)

    def given(self) -> list[Consent]:
        """Return every consent, as they were given. A file that others could have written holds none."""
        try:
            handle = os.open(self.file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return []
        with os.fdopen(handle, encoding="utf-8") as stream:
            if _others_write(os.fstat(stream.fileno())):
                return []
            try:
                kept = json.load(stream)
                if kept["folder"] != encode_path(str(self.folder)):
                    return []
                return [Consent(one["key"], one["does"], one["exact"], one["since"]) for one in kept["consents"]]
            except (ValueError, KeyError, TypeError, RecursionError):
                return []

    def give(self, reaches: Sequence[Reach], now: datetime) -> None:
        """Keep consent to these. May run twice. Raises OSError where it cannot be kept."""
        known = self.given()
        had = {consent.exact for consent in known}
        since = now.isoformat(timespec="seconds")
        fresh = [Consent(reach.key, reach.does, reach.exact, since) for reach in dict.fromkeys(reaches) if reach.exact not in had]
        self._keep([*known, *fresh])

    def take_back(self, keys: Collection[str] = ()) -> list[Consent]:
        """Forget the consents for these parts of the document, or all, and return them. Raises OSError where that fails."""
        known = self.given()
        gone = [consent for consent in known if not keys or consent.key in keys]
        if gone:
            self._keep([consent for consent in known if consent not in gone])
        return gone

    def overlay_is_foreign(self) -> str:
        """Say why `reshelve.local.yaml` is not taken for this user's own word; "" when it is."""
        try:
            about = self.overlay.stat()
        except OSError:
            return "is not there"
        if about.st_uid != os.geteuid():
            return "belongs to another user"
        if about.st_mode & 0o002:
            return "can be written by everybody"
        if brought(self.overlay, self.file.parent.parent):
            return "was put there by a run of reshelve, so it may be somebody else's"
        if tracked(self.overlay):
            return "is tracked by git, or is in no repository, so it may have come with the folder"
        return ""

    def _keep(self, consents: Sequence[Consent]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = {"version": 1, "folder": encode_path(str(self.folder)), "consents": [asdict(consent) for consent in consents]}
        handle, fresh = tempfile.mkstemp(prefix=".new-", dir=self.file.parent)  # nobody but this user may read or write it
        try:
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(json.dumps(kept, indent=1) + "\n")
                out.flush()
                os.fsync(out.fileno())
            os.replace(fresh, self.file)
        except BaseException:
            with suppress(OSError):
                os.unlink(fresh)
            raise


def trust_of(file: Path, environ: Mapping[str, str]) -> Trust:
    """Return what this user consented to for the workspace in a file. The folder is that of the file itself, links followed."""
    beside = file.name == LOCAL
    return trust_in(file.parent if beside else Path(os.path.realpath(file)).parent, environ, file.parent / LOCAL)


def trust_in(folder: Path, environ: Mapping[str, str], overlay: Path | None = None) -> Trust:
    """Return what this user consented to for the workspace in a folder; `overlay` is where its `reshelve.local.yaml` would lie."""
    real = Path(os.path.realpath(folder))
    name = hashlib.sha256(os.fsencode(real)).hexdigest()[:32]
    return Trust(real, state_base(environ) / "trust" / f"{name}.json", overlay or real / LOCAL)


def _others_write(about: os.stat_result) -> bool:
    return not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid() or bool(about.st_mode & 0o022)


def _problem(trust: Trust, reach: Reach) -> Problem:
    detail = f"`{reach.key}` of {reach.document} would have this machine {reach.does}. Nobody here has consented to that."
    if reach.document == LOCAL:
        detail += f" {LOCAL} is not taken for your own word: it {trust.overlay_is_foreign()}."
    hint = "See what it is, and agree or not: reshelve trust (without a terminal: reshelve trust --yes)"
    summary = "A workspace wants something that nobody here has consented to."
    return Problem("not-trusted", summary, detail, str(trust.folder / reach.document), hint)
