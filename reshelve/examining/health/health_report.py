"""The health report: every check run, what they found put together, saved, and kept with its history."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import Any

from reshelve.examining.health.check_inputs import CheckResult, ProjectFolder, Sight
from reshelve.examining.health.checks.drift_check import summary_of
from reshelve.examining.health.checks.health_check_list import all_checks
from reshelve.examining.health.one_look import looking
from reshelve.examining.status_and_doctor import lenient
from reshelve.executors.state.state_files import replace_state_file
from reshelve.schemas.locations import store_of
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.session.session import Session
from reshelve.views.health import Checked, HealthReport, Status

KEPT = 100
"""Reports kept; the oldest goes first."""


def examine_health(
    session: Session, *, project: str = "", scrub: int = 0, only: Sequence[str] = (), skip: Sequence[str] = ()
) -> HealthReport:
    """Run the checks, all or `only` some, over all stores or one `project`; `scrub` is how many bytes may be read for damage.

    A check that fails is an error of the report. Raises ReshelveError for a project or check that there is not.
    """
    session = lenient(session)
    setting = session.setting
    checks = dict(all_checks())
    if unknown := [name for name in (*only, *skip) if name not in checks]:
        raise stop("no-such-check", "There is no such check.", f"There are {', '.join(checks)}.", path=unknown[0], kind="usage")
    report = HealthReport(session.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    layout, unsound = None, []
    if setting.layout is not None and setting.layout.exists():
        from reshelve.api import load_layout

        try:
            layout = load_layout(setting.layout)
        except ReshelveError as error:
            unsound = error.problems
    with looking(session) as sight:
        sight.layout, sight.scrub = layout, scrub
        if project:
            sight.projects = _projects(sight, project)
        for name, load in checks.items():
            if (not only or name in only) and name not in skip:
                report.checks[name] = _checked(name, load, sight)
    _once(report.checks)
    if unsound:
        # Nothing was compared: what is wrong with the layout says why.
        report.checks.pop("drift", None)
        report.checks["layout"] = Checked("error", {}, list(unsound))
    return report


def _checked(name: str, load: Any, sight: Sight) -> Checked:
    """Run one check. Whatever it raises is its error: the others run all the same."""
    try:
        result: CheckResult = load()(sight)
    except ReshelveError as error:
        return Checked("error", {}, list(error.problems))
    except Exception as trouble:  # noqa: BLE001 - a check of another package may raise anything
        detail = f"{type(trouble).__name__}: {trouble}."
        hint = f"The other checks ran. Leave this one out with --skip {name}."
        return Checked("error", {}, [Problem("check-failed", "A check failed.", detail, name, hint)])
    return Checked(_status(result.problems), result.figures, result.problems)


def _status(problems: Sequence[Problem]) -> Status:
    grave = {problem.severity for problem in problems}
    return "error" if "error" in grave else "warning" if "warning" in grave else "healthy"


def _once(checks: dict[str, Checked]) -> None:
    """Leave out of the drift that an entry is lost whose file is named as missing or moved: that tells more of it."""
    missing, drift = checks.get("missing"), checks.get("drift")
    if missing is None or drift is None:
        return
    named = {_location(problem.path) for problem in missing.problems if problem.code in ("file-missing", "file-moved")}
    left = [one for one in drift.problems if not (one.summary == summary_of("lost") and one.path in named)]
    if len(left) < len(drift.problems):
        checks["drift"] = Checked(_status(left), drift.figures, left)


def _location(place: str) -> str:
    """Return a place of a root as the layout names it: by its store."""
    key, colon, rel = place.partition(":")
    return f"{store_of(key.removesuffix('%'))}{'%' if key.endswith('%') else ''}{colon}{rel}"


def _projects(sight: Sight, wanted: str) -> tuple[ProjectFolder, ...]:
    """Return the folders of one project: by its whole name, else by the beginning of the name of one that has a config."""
    name = wanted.casefold()
    configured = sight.every_project
    found = [one for one in configured if one.name.casefold() == name]
    found = found or [one for one in configured if one.name.casefold().startswith(name)]
    if not found:
        tops = [
            ProjectFolder(key, item.rel)
            for key, listing in sight.listings.items()
            for item in listing.items
            if item.kind == "dir" and item.rel.rpartition("/")[2].casefold() == name
        ]
        found = [one for one in tops if not any(other != one and other.holds(one.root, one.rel) for other in tops)]
    if not found:
        detail = "No folder is called so, and none with a project_config.json begins so."
        raise stop("no-such-project", "There is no such project.", detail, path=wanted, kind="usage")
    return tuple(found)


def save(report: HealthReport, folder: Path) -> Path:
    """Write a report into `folder`, and let go of the oldest beyond `KEPT`; return its path. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = report.timestamp.replace(":", "").replace("-", "")
    path = folder / f"{stem}.json"
    number = 1
    while path.exists():
        path, number = folder / f"{stem}-{number}.json", number + 1
    text = json.dumps(report.document(), indent=2, ensure_ascii=False) + "\n"
    replace_state_file(path, text.encode("utf-8", "surrogateescape"))
    for old in history(folder)[:-KEPT]:
        with suppress(OSError):
            old.unlink()
    return path


def history(folder: Path) -> list[Path]:
    """Return the reports in `folder`, oldest first."""
    return sorted(path for path in folder.glob("2*.json") if path.is_file()) if folder.is_dir() else []
