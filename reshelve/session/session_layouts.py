"""The layouts of a session: proposed by its rules, and compared with what is there."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reshelve.executors.state.held_entries import held, held_and_told
from reshelve.executors.state.told_before import ToldBefore
from reshelve.opening import git_tracked
from reshelve.opening.download_clients import downloads_of
from reshelve.opening.lookups import LookUp, looking_up
from reshelve.opening.suggesters import NOBODY, REMEMBERED, Asking, suggesting
from reshelve.opening.wiring import Setting, looking_inside, opened, opened_from, project_configs, recognising, remembering
from reshelve.planner.ports.downloads import NO_DOWNLOADS
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.recognise.extension_tables import adding
from reshelve.schemas.consent_needs import LOCAL
from reshelve.schemas.fact_vocabulary import FACTS
from reshelve.schemas.inventory import Inventory
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import split
from reshelve.schemas.near_words import near
from reshelve.schemas.problems import Problem, ReshelveError, errors, stop
from reshelve.schemas.project_settings import Project
from reshelve.schemas.quantities import human_span
from reshelve.schemas.undone import Undone
from reshelve.schemas.workspace import Workspace
from reshelve.session.earlier_runs import brought_by, earlier_runs
from reshelve.session.meant_files import meant_text
from reshelve.session.run_history import restored_at
from reshelve.session.session_context import Context

if TYPE_CHECKING:
    from reshelve.planner.check import CheckResult
    from reshelve.planner.explanation import Explanation
    from reshelve.planner.scan import ScanResult
    from reshelve.planner.scanners.quiet_parts import Resting
    from reshelve.planner.scanners.scan_findings import Among
    from reshelve.planner.tiers.named_projects import Named
    from reshelve.planner.whereabouts import Whereabouts


class Layouts:
    """The layouts of a session: where its own lies, what its rules propose, and whether one is kept."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def path(self) -> Path:
        """Where this workspace's layout lies unless told otherwise."""
        setting = self._context.setting
        return setting.layout or setting.folder / "layout.yaml"

    def scan(
        self,
        previous: Layout | None = None,
        *,
        only: str | None = None,
        values: Mapping[str, Any] | None = None,
        prune: bool = False,
        follow: Mapping[str, str] | None = None,
        asking: Asking = REMEMBERED,
        look_up: LookUp = "memory",
        against: Inventory | None = None,
        resting: "Resting | None" = None,
        among: "Among | None" = None,
    ) -> "ScanResult":
        """Return the layout that the rules propose, merged with `previous`. `values` are for place templates (`--set`).

        A value that is "" is forgotten: what an earlier scan was given does not hold any more. `against` scans a saved inventory
        instead of the stores, with what earlier scans remember of the content of files; ages are counted from when it was taken.
        With `follow`, entries whose files were moved by hand get the targets that these have now: what it tells, and what the
        catalog knows. `resting` looks only at what came to rest, and leaves tiers as they are. `among` files nothing but what it
        means, and leaves tiers and declared projects as they are.
        `asking` says whether a model is asked about what no rule settles; without it what was answered before still counts.
        `look_up` says the same of databases of films and shows, about what names leave in doubt. Raises ReshelveError.
        """
        from reshelve.planner.scan import ScanRequest, refuse_unscanned, scan

        setting = self._context.setting
        # Before anything is opened, or anybody is asked.
        refuse_unscanned(setting.workspace, only)
        _refuse_undeclared(setting, values or {})
        _refuse_unsound_rules(setting)
        previous, given = _with_values(previous, values or {})
        undone, notes = _held(setting)
        with (
            # What has no consent is refused before anything is written, be it only the state folder.
            suggesting(setting, asking, self._context.now) as suggester,
            looking_up(setting, look_up, self._context.now) as lookup,
            remembering(setting),
            opened(setting) if against is None else opened_from(setting, against) as stores,
            recognising(setting) as recogniser,
            looking_inside(setting, stores) as metadata,
            earlier_runs(setting) as earlier,
        ):
            result = scan(
                ScanRequest(
                    workspace=_narrowed(setting.workspace, resting, among),
                    readers=stores.readers,
                    previous=previous,
                    now_ns=self._context.now_ns() if against is None else against.at_ns,
                    recogniser=recogniser,
                    cite=setting.cite,
                    whose=f"preset {setting.made_for.preset}" if setting.made_for is not None else "",
                    only=only,
                    against=against is not None,
                    values=given,
                    prune=prune,
                    metadata=metadata,
                    configs=project_configs(stores),
                    restored=restored_at(setting.state) if setting.workspace.tiers else {},
                    suggester=suggester,
                    lookup=lookup,
                    announce=asking.announce,
                    resting=resting,
                    among=among,
                    held=undone,
                    earlier=earlier,
                    follow=follow,
                    downloads=downloads_of(setting) if against is None else NO_DOWNLOADS,
                )
            )
        result.problems[:0] = notes
        return result

    def told_before(self, layout: Layout) -> frozenset[str]:
        """Return the sources that a layout leaves undecided for the same reason as when this was last told here."""
        return ToldBefore(self._context.setting.state.folder).among(layout.review)

    def keep_told(self, layout: Layout) -> None:
        """Remember what was told as undecided, where this session keeps anything. What cannot be written is told again."""
        if not self._context.setting.forgetful:
            with contextlib.suppress(OSError):
                ToldBefore(self._context.setting.state.folder).keep(layout.review)

    def archived(self, names: Sequence[str], *, to: str = "", anyway: bool = False, keep: bool = False) -> "Named":
        """Return what archives projects by name, whatever their age; `anyway`: over more than they hold. Raises ReshelveError.

        With `keep` they stay where they are worked on, too.
        """
        from reshelve.planner.tiers.named_projects import archive

        with opened(self._context.setting) as stores:
            return archive(self._context.workspace.tiers, stores.readers, names, to, anyway=anyway, keep=keep)

    def restored(self, names: Sequence[str], *, to: str = "", source: str = "") -> "Named":
        """Return what restores projects by name, from tier `source` or their best copy. Raises ReshelveError."""
        from reshelve.planner.tiers.named_projects import restore

        with opened(self._context.setting) as stores:
            return restore(self._context.workspace.tiers, stores.readers, names, to, source)

    def scan_project(self, project: Project) -> "ScanResult":
        """Return the layout of one project alone, which need not be in the workspace yet. Raises ReshelveError."""
        alone = self._context.workspace.model_copy(update={"projects": [project], "scan": {}, "tiers": {}})
        return Layouts(Context(replace(self._context.setting, workspace=alone), self._context.now)).scan(asking=NOBODY)

    def where(self, names: Iterable[str]) -> "Iterator[Whereabouts]":
        """Yield where the rules would file each name, and which folders its show or film has. Raises ReshelveError."""
        from reshelve.planner.whereabouts import Finder

        setting = self._context.setting
        with opened(setting) as stores, recognising(setting) as recogniser:
            finder = Finder(setting.workspace, stores.readers, recogniser, setting.cite, self._context.now_ns())
            for name in names:
                yield finder.find(name)

    def explain(self, location: str, previous: Layout | None = None, *, values: Mapping[str, Any] | None = None) -> "Explanation":
        """Return what a scan makes of the file at `location`, and why. Raises ReshelveError."""
        from reshelve.planner.explanation import ExplainRequest, explain

        setting = self._context.setting
        _refuse_undeclared(setting, values or {})
        _refuse_unsound_rules(setting)
        with (
            opened(setting) as stores,
            recognising(setting) as recogniser,
            looking_inside(setting, stores) as metadata,
            brought_by(setting) as brought,
            earlier_runs(setting) as earlier,
            looking_up(setting, "memory", self._context.now) as lookup,
        ):
            request = ExplainRequest(
                workspace=setting.workspace,
                readers=stores.readers,
                recogniser=recogniser,
                metadata=metadata,
                cite=setting.cite,
                now_ns=self._context.now_ns(),
                layout=previous,
                values=values or {},
                configs=project_configs(stores),
                held=held(setting.state),
                brought_by=brought,
                copied=earlier.copied,
                lookup=lookup,
                downloads=downloads_of(setting),
            )
            try:
                return explain(request, location)
            except ReshelveError as trouble:
                raise _with_meant(trouble, location, previous, stores.readers) from None

    def check(
        self, layout: Layout, *, offline: bool = False, against: Inventory | None = None, max_age: float | None = None
    ) -> "CheckResult":
        """Return drift and violated policies. `offline` looks at documents alone; `max_age` of an inventory is in seconds."""
        from reshelve.planner.check import check
        from reshelve.planner.make_plan import PlanRequest
        from reshelve.planner.observing.saved_inventory import readers_from

        setting = self._context.setting
        policies = tuple(setting.workspace.policies)
        undone, notes = held_and_told(setting.state)
        request = PlanRequest(
            workspace=setting.name,
            held=undone,
            notes=notes,
            against=against is not None,
            policies=policies,
            stores=setting.workspace.stores,
        )
        if offline or against is not None:
            with adding(setting.workspace.media.extensions):
                result = check(layout, None if offline or against is None else readers_from(against), policies, request)
            if against is not None and not offline:
                result.problems.extend(_too_old(against, max_age, self._context.now_ns()))
        else:
            with opened(setting) as stores, earlier_runs(setting) as earlier:
                result = check(layout, stores.readers, policies, replace(request, earlier=earlier))
        result.unsound[:0] = _rule_problems(setting)
        if setting.file is not None:
            result.unsound += git_tracked.tracked_overlay(setting.file.with_name(LOCAL))
        return result


def _with_meant(trouble: ReshelveError, location: str, layout: Layout | None, readers: Readers) -> ReshelveError:
    """Return a refusal, of a file that is not there with those of that name that the layout has."""
    meant = meant_text(split(location)[1].rpartition("/")[2], layout, readers)
    told = [replace(one, hint=f"{meant}\n{one.hint}") if one.code == "no-such-file" and meant else one for one in trouble.problems]
    return ReshelveError(told, trouble.kind)


def _held(setting: Setting) -> tuple[frozenset[Undone], Sequence[Problem]]:
    """Return what undos hold back from plans, and a warning for what is damaged of that: a scan alone does nothing again."""
    if setting.fresh:
        return frozenset(), ()
    try:
        return held_and_told(setting.state)
    except ReshelveError as trouble:
        return frozenset(), [replace(problem, severity="warning") for problem in trouble.problems]


def _rule_problems(setting: Setting) -> list[Problem]:
    from reshelve.documents.rule_problems import rule_problems

    return rule_problems(setting.workspace, setting.file) if setting.file is not None else []


def _refuse_unsound_rules(setting: Setting) -> None:
    if faults := errors(_rule_problems(setting)):
        raise ReshelveError(faults)


def _narrowed(workspace: Workspace, resting: "Resting | None", among: "Among | None") -> Workspace:
    """Return a workspace without what a scan of some files is not about."""
    if among is not None:
        return workspace.model_copy(update={"tiers": {}, "projects": []})
    return workspace if resting is None else workspace.model_copy(update={"tiers": {}})


def _with_values(previous: Layout | None, values: Mapping[str, Any]) -> tuple[Layout | None, dict[str, Any]]:
    """Return a layout without the values that are given as "", and the values given."""
    given = {name: value for name, value in values.items() if value != ""}
    if previous is not None and len(given) < len(values):
        previous = replace(previous, values={name: value for name, value in previous.values.items() if name not in values})
    return previous, given


def _refuse_undeclared(setting: Setting, values: Mapping[str, Any]) -> None:
    """Raise ReshelveError for a value that no rule can ask for. What is named instead is one of those that are declared."""
    own = setting.workspace.set_
    for name in values.keys() - own.keys() - FACTS.keys():
        meant = near(name, own or FACTS)
        declared = f"`set:` declares {', '.join(own)}" if own else "there is no `set:`"
        hint = f"Declare it in the workspace, as in `set: {{{name}: }}`." if setting.made_for is None else ""
        hint = f"Did you mean {meant}?" if meant else hint
        detail = f"No rule knows {name!r}: {declared}."
        raise stop("set-unknown", "There is no value of that name.", detail, path=f"--set {name}", hint=hint, kind="usage")


def _too_old(inventory: Inventory, max_age: float | None, now_ns: int) -> list[Problem]:
    if max_age is None or now_ns - inventory.at_ns <= max_age * 1e9:
        return []
    old = (now_ns - inventory.at_ns) / 1e9
    detail = f"It was taken {human_span(old)} ago; the limit is {human_span(max_age)}."
    return [Problem("inventory-old", "The inventory is too old.", detail, hint="reshelve observe -o inventory.ndjson")]
