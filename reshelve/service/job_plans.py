"""Plans about generated files: those of a job filed, all of them filed, those of a job or old ones moved to the trash."""

import re
from collections.abc import Callable, Collection, Iterable

from reshelve import api
from reshelve.planner.scanners.scan_findings import Among
from reshelve.schemas import quantities
from reshelve.schemas.asset_questions import Wanted
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import join, split, store_of
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, errors, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import PlanAsked
from reshelve.session.session import Session

_WRITTEN = r"(_\d{5,9}_?(-audio)?|_\d{10,}_(image|video|gif)(_\d+)?)?"
"""What is written after the name of a job: ComfyUI's counter; or time, type and number, as in the names that the preset gives."""
_ENDING = r"(\.[A-Za-z0-9]{0,7}[A-Za-z][A-Za-z0-9]{0,7})?"


@dataclass(slots=True, frozen=True)
class Made:
    """A plan that was made, what was wrong on the way, and how many files wait: undecided, or still being written."""

    plan: Plan
    problems: tuple[Problem, ...] = ()
    left: int = 0


@dataclass(slots=True, frozen=True)
class _Meant:
    """Which files are meant; `perhaps` says it by the location alone, where nothing else is known of a file."""

    among: Among
    perhaps: Callable[[str], bool]


def names_of_job(job: str) -> re.Pattern[str]:
    """Return what the paths of files match that are surely of a job: in a folder of its name, or called by it and a counter.

    `job_1_2.png` may be of `job_1`, and is not taken for it: it may as well be of a job `job_1_2`.
    """
    name = re.escape(job)
    return re.compile(rf"(.*/)?({name}/.*|{name}{_WRITTEN}{_ENDING})", re.DOTALL)


def organized(session: Session, asked: PlanAsked) -> Made:
    """Return the plan that files the files of a job, as if no others were there. Raises ReshelveError."""
    named = _locations(session, asked.only)
    meant = _meant(session, asked, {place for places in named.values() for place in places})
    made, filed = _filed(session, meant, {"project": asked.project, "job": asked.job})
    for text, places in named.items():
        if not places & {*filed, *(split(location)[1] for location in filed)}:
            detail = "No store has it, no rule files it, or it is still being written."
            raise stop("no-such-asset", "That file cannot be filed.", detail, path=text, hint="reshelve scan --verbose")
    return made


def migrated(session: Session, asked: PlanAsked) -> Made:
    """Return the plan that files whatever lies about. Raises ReshelveError."""
    everything = _Meant(lambda _location, _item: True, lambda _location: True)
    return _filed(session, everything, {"project": asked.project} if asked.project else {})[0]


def deleted(session: Session, asked: PlanAsked) -> Made:
    """Return the plan that moves files of jobs to the trash, as far as they are old enough. Raises ReshelveError."""
    from reshelve.session.session_cleanup import Meant

    # What a run that was cut short filed, the catalog does not know yet.
    session.runs.refuse_unsettled()
    # The catalog knows which job a file is of. Its name alone does not: job_1_2 may be of job_1, or of another.
    known = session.catalog.assets(Wanted(project=asked.project, job=asked.job))
    standing = {place.location for place in known if place.job and not place.gone_at and not place.in_trash}
    of_jobs = {join(store_of(key), rel) for key, rel in map(split, standing)}
    found = session.cleanup.find(Meant(), older_than=age_of(asked.older_than, "older_than") if asked.older_than else None)
    found.layout.absent = [absent for absent in found.layout.absent if absent.path in of_jobs]
    problems = [problem for problem in found.problems if any(_is_within(place, problem.path) for place in standing)]
    plan = session.cleanup.plan(found, max_delete=asked.max_delete, by_name=bool(asked.job))
    return Made(plan, (*problems, *session.catalog.problems))


def age_of(text: str, field: str) -> float:
    """Return an age in seconds, as `field` of a request gives it. Raises ReshelveError."""
    try:
        return quantities.age(text)
    except ValueError as error:
        raise stop("usage", "That is no age.", f"{error}.", path=field, hint="Write 12h, 30d or 1y.", kind="usage") from None


def _filed(session: Session, meant: _Meant, values: dict[str, str]) -> tuple[Made, set[str]]:
    """Return the plan that files what is meant, and the locations of what the rules file. Raises ReshelveError."""
    path = session.layouts.path
    previous = api.load_layout(path) if path.exists() else None
    result = session.layouts.scan(previous, values=values, among=meant.among)
    if faults := errors(result.problems):
        raise ReshelveError(faults)
    layout = result.layout
    filed = {entry.source for entry in layout.files.values() if entry.source}
    plan = session.plans.make(layout if filed or layout.absent else Layout(), command="organize")
    left = len(layout.review) + sum(map(meant.perhaps, result.waits))
    return Made(plan, tuple(result.problems), left), filed


def _meant(session: Session, asked: PlanAsked, named: Collection[str]) -> _Meant:
    if asked.only:
        return _by_place(lambda location: location in named or split(location)[1] in named)
    if asked.newer_than:
        since_ns = int((session.now().timestamp() - age_of(asked.newer_than, "newer_than")) * 1e9)
        return _Meant(lambda _, item: item.mtime_ns >= since_ns, lambda _: True)
    names = names_of_job(asked.job)
    return _by_place(lambda location: names.fullmatch(split(location)[1]) is not None)


def _by_place(is_meant: Callable[[str], bool]) -> _Meant:
    return _Meant(lambda location, _item: is_meant(location), is_meant)


def _locations(session: Session, texts: Iterable[str]) -> dict[str, set[str]]:
    """Return what each text that names a file may mean: as it is (a location, or a path in a store), or a path on this machine."""
    roots = [(store_of(root.key), f"{root.path.rstrip('/')}/") for root in session.stores.roots() if root.path]
    return {text: {text, *(join(store, text.removeprefix(top)) for store, top in roots if text.startswith(top))} for text in texts}


def _is_within(location: str, place: str) -> bool:
    """Say whether a location lies in what a problem is about: a root, or a folder of one."""
    return location == place or location.startswith((f"{place}:", f"{place}/"))
