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


def manifest_text(manifest: "Manifest", colour: bool = False) -> Iterator[str]:
    """Yield a table of all projects, the stores its columns, and a line a tier."""
    paint = Paint(colour)
    stores = list(dict.fromkeys(store for project in manifest.projects for store in project.storage))
    rows = [
        [printable(project.id), *(_cell(project.storage.get(store, NoCopy())) for store in stores)] for project in manifest.projects
    ]
    head = ["project", *stores, "last used"]
    widths = [max(len(fit(row[n], 40)) for row in [head, *rows]) for n in range(len(stores) + 1)]
    if rows:
        yield paint("bold", "  ".join(f"{text:<{width}}" for text, width in zip(head, [*widths, 10], strict=True)).rstrip())
    for row, project in zip(rows, manifest.projects, strict=True):
        cells = "  ".join(f"{fit(text, 40):<{width}}" for text, width in zip(row, widths, strict=True))
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
            thaw = " (thawing)" if copy.thawed == "ongoing" else f" (readable until {copy.thawed[:16]})" if copy.thawed else ""
            return f"{human_size(copy.size_bytes)} {copy.tier}{thaw}"
        case FolderCopy():
            return f"{human_size(copy.size_bytes)} {copy.tier}"
        case _:
            return "?" if copy.exists is None else "-"


def project_event(project: "ManifestProject") -> dict[str, Any]:
    """Return one project as an event."""
    return {"type": "project", **asdict(project)}


def total_event(name: str, projects: int, size: int) -> dict[str, Any]:
    """Return the sum of one tier as an event."""
    return {"type": "tier", "tier": name, "projects": projects, "size_bytes": size}
