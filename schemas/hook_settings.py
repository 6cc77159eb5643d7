"""Hooks of the service: how Sonarr and Radarr name the folders of this machine."""

from typing import Annotated

from pydantic import AfterValidator, Field

from reshelve.schemas.store_settings import Model


def whole_paths(mapped: dict[str, str]) -> dict[str, str]:
    """Return folders with other names for them. Raises ValueError where one is no whole path."""
    if relative := [folder for pair in mapped.items() for folder in pair if not folder.startswith("/")]:
        raise ValueError(f"`map` has whole paths, such as /srv/media: not {relative[0]!r}")
    return mapped


FolderMap = Annotated[dict[str, str], AfterValidator(whole_paths)]
"""Folders on this machine, each with the name that another program has for it."""


class Hooks(Model):
    """Settings of the routes that take the webhooks of Sonarr and Radarr."""

    map: Annotated[
        FolderMap,
        Field(
            description="Folders here, each with the name that Sonarr or Radarr has for it. Needed if they run in a container or "
            "on another machine.",
            examples=[{"/srv/media": "/data"}],
        ),
    ] = {}


def here(path: str, mapped: dict[str, str]) -> str:
    """Return a path as this machine has it: the longest folder by another name that holds it decides, else it is the same here."""
    for folder in sorted(mapped, key=lambda one: -len(mapped[one])):
        there = mapped[folder].rstrip("/")
        if path == there or path.startswith(f"{there}/"):
            return folder.rstrip("/") + path[len(there) :] or "/"
    return path
