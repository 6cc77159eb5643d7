"""The manifest for people: a line a project, what stands in which tier, and the sums."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from reshelve.schemas.locations import printable
from reshelve.schemas.manifest import FolderCopy, NoCopy, ObjectCopy, StoreCopy
from reshelve.schemas.quantities import human_size
from reshelve.views.colour import Paint, count, fit

if TYPE_CHECKING:
    from reshelve.schemas.manifest import Manifest, ManifestProject


_WIDEST = 60
"""Characters of a column, which hold a size, a class and how a thaw stands."""


def manifest_text(manifest: "Manifest", colour: bool = False) -> Iterator[str]:
    """Yield a table of all projects, the stores its columns, and a line a tier."""
    paint = Paint(colour)
    stores = list(dict.fromkeys(store for project in manifest.projects for store in project.storage))
    rows = [
        [printable(project.id), *(_cell(project.storage.get(store, NoCopy())) for store in stores)] for project in manifest.projects
    ]
    head = ["project", *stores, "last used"]
    widths = [max(len(fit(row[n], _WIDEST)) for row in [head, *rows]) for n in range(len(stores) + 1)]
    if rows:
        yield paint("bold", "  ".join(f"{text:<{width}}" for text, width in zip(head, [*widths, 10], strict=True)).rstrip())
    for row, project in zip(rows, manifest.projects, strict=True):
        cells = "  ".join(f"{fit(text, _WIDEST):<{width}}" for text, width in zip(row, widths, strict=True))
        yield f"{cells}  {project.last_used[:10]}"
        for place in project.also:
            yield paint("warn", f"  also at {printable(place)}")
    if rows:
        yield ""
    width = max((len(name) for name in manifest.totals), default=0)
    for name, total in manifest.totals.items():
        yield f"{name:<{width}}  {count(total.projects, 'project'):>14}  {human_size(total.size_bytes):>8}"


def _cell(copy: StoreCopy) -> str:
    match copy:
        case ObjectCopy():
            told = thaw_text(copy) if copy.thawed else ""
            marks = [each for each in (told, f"not as in {copy.differs_from}" if copy.differs_from else "") if each]
            return f"{human_size(copy.size_bytes)} {copy.tier}" + (f" ({', '.join(marks)})" if marks else "")
        case FolderCopy():
            return f"{human_size(copy.size_bytes)} {copy.tier}"
        case _:
            return "?" if copy.exists is None else "-"


def thaw_text(copy: ObjectCopy) -> str:
    """Say how the thaw of an archived object stands."""
    match copy.thawed:
        case "":
            return "archived"
        case "ongoing":
            return "thawing" + (f", ready about {_minute(copy.thaw_ready)}" if copy.thaw_ready else "")
        case "expired":
            return "was thawed, archived again"
        case until:
            return f"readable until {_minute(until)}"


def _minute(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"


def project_event(project: "ManifestProject") -> dict[str, Any]:
    """Return one project as an event."""
    return {"type": "project", **asdict(project)}


def total_event(name: str, projects: int, size: int) -> dict[str, Any]:
    """Return the sum of one tier as an event."""
    return {"type": "tier", "tier": name, "projects": projects, "size_bytes": size}
