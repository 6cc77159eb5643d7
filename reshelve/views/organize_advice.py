"""What to do about the files that `organize` left for review: each reason has its own way out."""

import json
import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from reshelve.planner.recognise.extension_tables import halves, is_foreign, is_packed, media_type
from reshelve.schemas.layout import SAME_CONTENT, Layout, Review
from reshelve.schemas.locations import printable, split
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.secret_texts import masked
from reshelve.views.colour import count

_FILMS = ("plex", "jellyfin")
_NAMED = 3
"""Patterns that are named of those that leave out what no rule is for."""
_OF_CARDS = frozenset({"dcim", "avchd", "m4root", "bpav", "clipinf"})
"""Folders that cameras make on a card."""
_WITH = "with "
_SKIPPED = "(on_conflict: skip)"
_SELF_EVIDENT = (SAME_CONTENT, "are not set (give", "is not set (give")
"""What says itself what to do, or needs nothing to be done."""
_KINDS = {"image": ("picture",), "document": ("document",)}
_PACKED = ("packed file",)
_PDF = ("PDF outside a folder of books", "PDFs outside a folder of books")
_OTHERS = ("other file",)


@dataclass(slots=True, frozen=True)
class Asked:
    """What `organize` was asked for. `settings` and `store` are as a workspace writes them: of its scan, and of its library.

    `run` are options of the run, as `apply` has them too; `unlike` is an option that no workspace has, "" without one.
    """

    source: Path
    dest: Path
    preset: str
    values: Mapping[str, str]
    settings: Mapping[str, object]
    store: Mapping[str, object]
    run: Sequence[str]
    unlike: str


def advice(asked: Asked, layout: Layout, new: Sequence[Review]) -> Iterator[str]:
    """Yield what to do about what was left for review, where `new` of it were not told before."""
    mains = [item for item in new if not (item.because or "").startswith(_WITH)] or list(new)
    skipped, named, foreign = [], False, []
    for item in mains:
        because = item.because or ""
        if because.endswith(_SKIPPED):
            skipped.append(item)
        elif any(each in because for each in _SELF_EVIDENT):
            continue
        elif _is_foreign(item, asked.preset):
            foreign.append(item)
        else:
            named = True
    if named:
        such = ", such as Title (Year).mkv," if asked.preset in _FILMS else ""
        yield f"What is left for review: give it a name that says what it is{such} and organize again."
    yield from _taken(skipped, asked)
    if foreign:
        yield f"The preset {asked.preset} has no rule for {_what(foreign)}.{_excluding(foreign, layout)}"
        if asked.preset != "video" and any(_is_of_card(item.source) for item in foreign):
            yield "What a camera wrote on a card is filed with --preset video."
    yield from _one_by_one(asked)


def _taken(skipped: Sequence[Review], asked: Asked) -> Iterator[str]:
    """Yield what becomes of files whose names are taken."""
    if not skipped:
        return
    what = "1 file stays" if len(skipped) == 1 else f"{len(skipped):,} files stay"
    if asked.settings.get("rename") is False:
        yield f"{what} since another one has the name, and --never-rename lets it have no other."
    else:
        yield f"{what} since another one has the name. To keep both, one of them with a number: --on-conflict keep-both"


def _is_foreign(item: Review, preset: str) -> bool:
    """Say whether no rule of a preset is for files of this kind, whatever they are called."""
    if (item.facts or {}).get("kind", "other") not in ("other", "image") or "no rule matched" not in (item.because or ""):
        return False
    stem, ext = halves(split(item.source)[1].rpartition("/")[2])
    kind = media_type(ext)
    return is_foreign(stem, ext) or kind in ("document", "other") or (kind == "image" and preset in _FILMS)


def _is_of_card(location: str) -> bool:
    return not _OF_CARDS.isdisjoint(part.lower() for part in split(location)[1].split("/")[:-1])


def _what(items: Iterable[Review]) -> str:
    """Return how many of which kind: "12 pictures, 4 packed files and 1 document"."""
    kinds: Counter[tuple[str, ...]] = Counter()
    for item in items:
        name = split(item.source)[1].rpartition("/")[2]
        ext = halves(name)[1]
        kinds[_PACKED if is_packed(name) else _PDF if ext == "pdf" else _KINDS.get(media_type(ext), _OTHERS)] += 1
    told = [count(number, *kind) for kind, number in kinds.most_common()]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _excluding(items: Sequence[Review], layout: Layout) -> str:
    """Return a word on what leaves most of these files out and nothing that is to be filed."""
    filed = [entry.source for entry in layout.files.values() if entry.source]
    busy = {_top(source) for source in filed}
    left = Counter(_top(item.source) for item in layout.review)
    ours = Counter(_top(item.source) for item in items)
    # A folder in which most of what is left may well be named is none to leave out.
    found = Counter({f"{top}/": number for top, number in ours.items() if top and top not in busy and 2 * number >= left[top]})
    if not found:
        endings = {halves(source)[1] for source in filed}
        found = Counter(f"*.{ext}" for item in items if (ext := halves(item.source)[1]) and ext not in endings)
    if not found:
        return ""
    most = found.most_common(_NAMED)
    out = sum(number for _, number in most)
    them = "some of them" if 2 * out <= len(items) else "most of them" if out < len(items) else "it" if out == 1 else "them"
    return f" To leave {them} out: {' '.join(f'--exclude {shlex.quote(printable(pattern))}' for pattern, _ in most)}"


def _top(location: str) -> str:
    """Return the folder at the top of its store that something lies in, "" for what lies at the top itself."""
    top, below, _ = split(location)[1].partition("/")
    return top if below else ""


def _one_by_one(asked: Asked) -> Iterator[str]:
    """Yield how to decide file by file, with all that `organize` was asked for; or that no workspace can be asked for that."""
    if asked.source.resolve() == asked.dest.resolve():
        return  # A workspace has two folders: in one that is sorted in place, nothing tells what is filed already.
    if asked.unlike:
        yield f"It cannot be decided file by file: that takes a workspace, and none has {asked.unlike}."
        return
    paths = [shlex.quote(printable(os.path.abspath(each))) for each in (asked.source, asked.dest)]
    given = "".join(f" --set {shlex.quote(printable(f'{name}={value}'))}" for name, value in asked.values.items())
    lines = [f"Or decide file by file: reshelve init WORKSPACE --preset {asked.preset} --source {paths[0]} --into {paths[1]}"]
    for where, settings in (("`inbox:` of `scan:`", asked.settings), ("`library:` of `stores:`", asked.store)):
        if settings:
            told = "; ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items())
            lines.append(f"  then in its reshelve.yaml, in {where}, set what was given here: {printable(told)}")
    run = "".join(f" {option}" for option in asked.run)
    lines.append(f"  then in that folder: reshelve scan{given}, reshelve review, reshelve apply{run}")
    # A secret is not repeated.
    if lines == [*map(masked, lines)]:
        yield from lines
