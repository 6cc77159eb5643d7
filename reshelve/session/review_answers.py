"""Answers to what a scan left undecided: each turns a review item into an entry of the user's own, or into `leave:`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from reshelve.planner.bundles.bundling import bundle
from reshelve.planner.recognise.extension_tables import halves, media_type
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import ANSWERED, Entry, Layout, Review, Suggestion
from reshelve.schemas.locations import fault, join, name, split, store_of
from reshelve.schemas.problems import stop
from reshelve.schemas.quick_dataclasses import dataclass

WITH = "with "
"""How scan begins the reason of an item that waits for the main file it travels with."""


def accept(layout: Layout, item: Review, target: str, stores: Collection[str] | None = None) -> Layout:
    """Return the layout with `item` filed at `target`, and what travels with it beside it. Raises ReshelveError if that cannot be.

    A target that ends in `/` or `:` is a folder: the file keeps its name in it. So is one without an extension, where the file has
    one. `stores` are those there are, where known.
    """
    target = _with_name(item.source, target)
    wrong = fault(target)
    if wrong:
        raise stop("bad-location", "That is not a location.", f"{wrong}.", path=target)
    if stores is not None and (store := store_of(split(target)[0])) not in stores:
        hint = f"There are {', '.join(sorted(stores))}."
        raise stop("no-such-store", "There is no such store.", f"The workspace has no store {store!r}.", path=target, hint=hint)
    if target in layout.files:
        raise stop("target-taken", "That place is taken in the layout.", f"{layout.files[target].source} goes there.", path=target)
    companions = [other for other in layout.review if is_companion(other, item)]
    files = dict(layout.files)
    told = item.suggestion if item.suggestion is not None and item.suggestion.to == target else None
    because = f"{ANSWERED}, {told.because}" if told is not None and told.because else ANSWERED
    facts = (told.facts if told is not None else None) or item.facts
    files[target] = Entry(source=item.source, facts=facts, because=because, note=item.note)
    for source, beside in _beside(item.source, target, [other.source for other in companions]).items():
        if beside not in files:
            other = next(other for other in companions if other.source == source)
            files[beside] = Entry(source=source, beside=target, facts=other.facts, because=ANSWERED, note=other.note)
    placed = {entry.source for entry in files.values()}
    return replace(layout, files=files, review=[other for other in layout.review if other.source not in placed])


def _with_name(source: str, target: str) -> str:
    """Return a target with the file's own name where it is a folder. Raises ReshelveError where it may be either."""
    own = name(split(source)[1])
    if target[-1:] in ("/", ":"):
        return target + own
    last = target.rpartition("/")[2].rpartition(":")[2]
    was, to_be = halves(own)[1], halves(last)[1]
    if ":" not in target or (was == to_be and (was or last == own)):
        return target
    if was and not to_be:
        return f"{target}/{own}"
    if was and media_type(to_be) != "other":
        detail = f"{own!r} is a .{was}, and a new name does not make it a .{to_be}."
        hint = f"For another name, end it with .{was}; for a folder of that name, write {target}/"
        raise stop("folder-or-file", "A file keeps its extension.", detail, path=target, hint=hint)
    what = f"{last!r} ends in .{to_be}, and {own!r} does not" if to_be else f"neither {last!r} nor {own!r} has an extension"
    detail = f"It may be a folder or the file's new name: {what}."
    hint = f"For a folder, write {target}/; another name for the file is written into layout.yaml by hand."
    raise stop("folder-or-file", "That may be a folder or a file.", detail, path=target, hint=hint)


def leave(layout: Layout, item: Review) -> Layout:
    """Return the layout with `item`, and what travels with it, never to be filed; `save_layout` keeps their notes as comments."""
    gone = {item.source, *(other.source for other in layout.review if is_companion(other, item))}
    left = [other for other in layout.review if other.source not in gone]
    return replace(layout, leave=sorted({*layout.leave, *gone}), review=left)


@dataclass(slots=True, frozen=True)
class Change:
    """What an answer changed in a layout: the items it settled, in the order of the review, and what it made of them."""

    order: tuple[str, ...]
    settled: tuple[Review, ...]
    files: Mapping[str, Entry]
    left: tuple[str, ...]

    def targets(self) -> dict[str, str | None]:
        """Return where each item that it settled was filed; None where it was left."""
        at = {entry.source: target for target, entry in self.files.items()}
        return {item.source: at.get(item.source) for item in self.settled}


def change_of(before: Layout, after: Layout) -> Change:
    """Return what the answer changed that made `after` of `before`."""
    waiting = {item.source for item in after.review}
    return Change(
        tuple(item.source for item in before.review),
        tuple(item for item in before.review if item.source not in waiting),
        {target: entry for target, entry in after.files.items() if target not in before.files},
        tuple(location for location in after.leave if location not in before.leave),
    )


def take_back(layout: Layout, change: Change) -> Layout:
    """Return the layout with what an answer settled undecided again. Raises ReshelveError where it is no longer as answered."""
    now = {*layout.files, *layout.leave}
    lost = next((each for each in (*change.files, *change.left) if each not in now), None)
    lost = lost or next((target for target, entry in change.files.items() if layout.files[target] != entry), None)
    if lost is not None:
        detail = "The layout was changed, and does not say what was answered any more."
        raise stop("decided-meanwhile", "That was decided meanwhile.", detail, path=lost)
    files = {target: entry for target, entry in layout.files.items() if target not in change.files}
    rank = {source: number for number, source in enumerate(change.order)}
    again = [*layout.review, *(item for item in change.settled if all(item.source != one.source for one in layout.review))]
    review = sorted(again, key=lambda item: rank.get(item.source, len(rank)))
    return replace(layout, files=files, leave=[each for each in layout.leave if each not in change.left], review=review)


def undecide(layout: Layout, source: str) -> Layout:
    """Return the layout with what was answered about the file at `source` undecided again, and what travels with it.

    Raises ReshelveError where it has no such answer.
    """
    target = filed_at(layout, source)
    if target:
        main = layout.files[target]
        beside = [each for each, entry in layout.files.items() if entry.beside == target and entry.because == ANSWERED]
        others = [entry for each in beside if (entry := layout.files[each]).source]
        again = [
            Review(source, facts=main.facts, suggestion=_suggested(target, main), note=main.note),
            *(Review(each.source or "", WITH + source, each.facts, note=each.note) for each in others),
        ]
        files = {each: entry for each, entry in layout.files.items() if each not in (target, *beside)}
        return replace(layout, files=files, review=[*again, *layout.review])
    if source not in layout.leave:
        detail = "The layout was changed, and does not say what was answered any more."
        raise stop("decided-meanwhile", "That was decided meanwhile.", detail, path=source, kind="stale")
    with_it = _left_with(source, layout.leave)
    again = [Review(source), *(Review(each, WITH + source) for each in with_it)]
    return replace(layout, leave=[each for each in layout.leave if each not in (source, *with_it)], review=[*again, *layout.review])


def filed_at(layout: Layout, source: str) -> str:
    """Return where an answer files the file at `source`, "" where none does."""
    answers = ((at, one) for at, one in layout.files.items() if one.source == source and (one.because or "").startswith(ANSWERED))
    return next((target for target, _ in answers), "")


def _suggested(target: str, entry: Entry) -> Suggestion | None:
    """Return the suggestion that an answer followed, None where it followed none."""
    because = (entry.because or "").removeprefix(ANSWERED).removeprefix(", ")
    return Suggestion(target, because=because, facts=entry.facts) if because else None


def _left_with(source: str, left: Collection[str]) -> list[str]:
    """Return which of the files that are left travel with the one at `source`."""
    store, rel = split(source)
    folder = rel.rpartition("/")[0]
    near = {split(each)[1]: each for each in left if split(each)[0] == store and split(each)[1].startswith(folder)}
    mine = next((one for one in bundle([_seen(each) for each in near]) if one.main.rel == rel), None)
    return [near[member.item.rel] for member in mine.members] if mine is not None else []


def is_companion(item: Review, main: Review) -> bool:
    """Say whether `item` waits for `main`, with which it travels."""
    return item is not main and (item.because or "") == WITH + main.source


def _beside(source: str, target: str, companions: Sequence[str]) -> dict[str, str]:
    """Return where each companion of a file goes with it: where a rule that files it at `target` would put it."""
    seen = [_seen(split(each)[1]) for each in (source, *companions)]
    mine = next((one for one in bundle(seen) if one.main.rel == seen[0].rel), None)
    members = {member.item.rel: member for member in mine.members} if mine is not None else {}
    store, rel = split(target)
    places = {}
    for each, item in zip(companions, seen[1:], strict=True):
        member = members.get(item.rel)
        places[each] = join(store, member.beside(rel)) if member is not None else _named_alike(source, target, each)
    return places


def _seen(rel: str) -> Item:
    """Return a file as bundles look at it: by its name alone."""
    return Item(rel, "file", 0, 0, 0, 0, 1, 0, "")


def _named_alike(source: str, target: str, companion: str) -> str:
    """Return the place beside a target whose name begins as the target's does, where the companion's begins as its main's does."""
    stem = name(split(source)[1]).rpartition(".")[0]
    own = name(split(companion)[1])
    folder = target[: len(target) - len(target.partition(":")[2].rpartition("/")[2])]
    new_stem = target[len(folder) :].rpartition(".")[0]
    if stem and own.startswith(stem):
        own = new_stem + own[len(stem) :]
    return folder + own
