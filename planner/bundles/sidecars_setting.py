"""Bundles as `sidecars` of a workspace tells them: all that belongs together, all but pictures, or each file for itself."""

from collections.abc import Sequence
from typing import Literal

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.bundles.bundling import bundle
from reshelve.planner.recognise.extension_tables import halves, media_type
from reshelve.schemas.inventory import Item


def bundles_as_told(items: Sequence[Item], links: Sequence[Item], sidecars: bool | Literal["no-pictures"]) -> list[Bundle]:
    """Return the bundles of items and of symbolic links, those of each file alone leaving the links out."""
    if sidecars is False:
        return [Bundle(item) for item in items]
    bundles = bundle([*items, *links])
    if sidecars == "no-pictures":
        bundles += [Bundle(item) for one in bundles for item in _let_go(one)]
        bundles.sort(key=lambda one: one.main.rel)
    return bundles


def _let_go(one: Bundle) -> list[Item]:
    """Take the pictures out of the bundle of a video, and return them. What belongs to a link stays with it."""
    if one.main.kind == "link" or _media(one.main) != "video":
        return []
    pictures = [member.item for member in one.members if _media(member.item) == "image"]
    one.members = [member for member in one.members if member.item not in pictures]
    return pictures


def _media(item: Item) -> str:
    return media_type(halves(item.rel.rpartition("/")[2])[1])
