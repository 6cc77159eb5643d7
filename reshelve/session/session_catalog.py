"""The catalog of a session: which files there are, what they are, and where they have been."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from reshelve.opening import wiring
from reshelve.schemas.asset_notes import AssetLink, AssetNotes, AssetUse, LinkKind
from reshelve.schemas.asset_questions import AssetDetail, AssetPlace, HistoryRow, Totals, Wanted
from reshelve.schemas.problems import Problem
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    import sqlite3

    from reshelve.session.catalog_current import Looked

T = TypeVar("T")


class Catalog:
    """The catalog of a session. Each question first makes good what is missing; `problems` says what could not be."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.problems: list[Problem] = []

    def ask(self, question: "Callable[[sqlite3.Connection], T]") -> T:
        """Return what a question of `reshelve.executors.catalog.catalog_queries` finds in the catalog as it is now."""
        from reshelve.session import catalog_current

        with catalog_current.current(self._context.setting, self.problems, self._context.now()) as catalog:
            return question(catalog)

    def assets(self, wanted: Wanted) -> list[AssetPlace]:
        """Return the files that stand, by what is wanted of them, sorted by place; and what was registered and stands nowhere."""
        from reshelve.executors.catalog.catalog_queries import places_wanted

        return self.ask(lambda catalog: list(places_wanted(catalog, wanted)))

    def show(self, named: str) -> AssetDetail:
        """Return all that is known of a file (a location) or an asset (the beginning of its id). Raises ReshelveError."""
        from reshelve.session import catalog_notes

        return self.ask(lambda catalog: catalog_notes.detail(catalog, self._context.setting, named))

    def history(self, location: str) -> list[HistoryRow]:
        """Return the operations that a file, or what is in a folder, went through, under all its names; oldest first."""
        from reshelve.executors.catalog.catalog_queries import history_of
        from reshelve.session import catalog_current

        names = catalog_current.keyed(self._context.setting, location)
        return self.ask(lambda catalog: history_of(catalog, names))

    def archived(self, location: str) -> Problem | None:
        """Return a note of where a file is that went into the archive of a project, and of what brings it back; else None."""
        from reshelve.session import archived_files, catalog_current

        names = catalog_current.keyed(self._context.setting, location)
        return self.ask(lambda catalog: archived_files.archived(catalog, self._context.setting, names))

    def stats(self, project: str) -> Totals:
        """Return what stands in the stores by the catalog, of one project or ("") of all."""
        from reshelve.executors.catalog.catalog_queries import totals

        return self.ask(lambda catalog: totals(catalog, project))

    def update(self, *, read: bool = False, max_seconds: float | None = None) -> "Looked":
        """Look at all stores, and write what stands there. `read`: read files whose content is unknown, for so long at most."""
        from reshelve.session import catalog_current

        setting, now = self._context.setting, self._context.now()
        with catalog_current.kept(setting, self.problems), catalog_current.current(setting, self.problems, now) as catalog:
            return catalog_current.look(catalog, setting, now, read=read, max_seconds=max_seconds)

    def rebuild(self, *, read: bool = False) -> "Looked":
        """Make the catalog anew from the runs, the stores and `assets.yaml`. Contents and times known before are kept."""
        from reshelve.session import catalog_current

        with catalog_current.kept(self._context.setting, self.problems):
            return catalog_current.rebuild(self._context.setting, self._context.now(), self.problems, read=read)

    def note(self, named: Sequence[str], change: Callable[[AssetNotes], AssetNotes]) -> list[str]:
        """Change what is said of files or assets in `assets.yaml`, and return their SHA-256. Raises ReshelveError."""
        from reshelve.session import catalog_current, catalog_notes

        setting, now = self._context.setting, self._context.now()
        with wiring.remembering(setting), catalog_current.current(setting, self.problems, now) as catalog:
            return catalog_notes.change(catalog, setting, now, named, change)

    def link(self, named: str, to: str, kind: LinkKind) -> tuple[str, str]:
        """Say that one asset is a version of, derived from, a proxy or an export of another. Raises ReshelveError for a circle."""
        (other,) = self.note([to], lambda notes: notes)

        def linked(notes: AssetNotes) -> AssetNotes:
            new = AssetLink(to=other, as_=kind)
            kept = [link for link in notes.links if link != new and not (kind == "version" == link.as_)]
            return notes.model_copy(update={"links": [*kept, new]})

        (one,) = self.note([named], linked)
        return one, other


def used(project: str, sequence: str, date: str, duration: float | None) -> Callable[[AssetNotes], AssetNotes]:
    """Return the change that notes one more use of an asset."""
    use = AssetUse(project=project, sequence=sequence or None, date=date, duration=duration)
    return lambda notes: notes.model_copy(update={"uses": [*notes.uses, use]})


def said(
    *,
    tags: Sequence[str] = (),
    without: Sequence[str] = (),
    note: str | None = None,
    status: str | None = None,
    meta: Mapping[str, str] | None = None,
) -> Callable[[AssetNotes], AssetNotes]:
    """Return the change that adds tags and values, takes tags away, and replaces note and status ("" removes them)."""

    def change(notes: AssetNotes) -> AssetNotes:
        kept = [tag for tag in dict.fromkeys([*notes.tags, *tags]) if tag not in without]
        new: dict[str, object] = {"tags": kept, "meta": {**notes.meta, **(meta or {})}}
        if note is not None:
            new["note"] = note or None
        if status is not None:
            new["status"] = status or None
        return notes.model_copy(update=new)

    return change
