"""One answer of `review` for several files: those that lie in one folder and are left for the same reason."""

import re
from collections.abc import Callable, Sequence

from reshelve.cli.review_desk import Desk
from reshelve.schemas.layout import Layout, Review
from reshelve.session import review_answers
from reshelve.views.review_groups import in_short

_FOR_ALL = re.compile(r"(l|leave|s|skip|a|accept|.*[/:]) *\* *\Z", re.IGNORECASE | re.DOTALL)
"""An answer that is meant for the rest of a folder, too: a word that needs no more words, or a folder."""


def alike(desk: Desk, item: Review) -> list[Review]:
    """Return what else of the folder of `item` is left for the same reason, and was not put off.

    What goes with another file is no question of its own.
    """
    if (item.because or "").startswith(review_answers.WITH):
        return []
    folder, why = _folder(item), in_short(item.because or "")
    return [
        one
        for one in desk.layout.review
        if one.source != item.source
        and one.source not in desk.skipped
        and _folder(one) == folder
        and not (one.because or "").startswith(review_answers.WITH)
        and in_short(one.because or "") == why
    ]


def for_all(answer: str) -> str | None:
    """Return an answer that ends in `*` without it, None for one that is for one file alone."""
    meant = _FOR_ALL.match(answer)
    return meant[1] if meant is not None else None


def each_of(others: Sequence[Review], one: Callable[[Layout, Review], Layout]) -> Callable[[Layout, Review], Layout]:
    """Return what does to an item of a layout, and to the others as far as they are undecided there, what `one` does to each."""
    if not others:
        return one
    wanted = dict.fromkeys(other.source for other in others)

    def answered(layout: Layout, item: Review) -> Layout:
        layout = one(layout, item)
        undecided = {each.source: each for each in layout.review if each.source in wanted}
        for source in wanted:
            if source in undecided:
                layout = one(layout, undecided[source])
        return layout

    return answered


def _folder(item: Review) -> str:
    return item.source.rpartition("/")[0] or item.source.partition(":")[0]
