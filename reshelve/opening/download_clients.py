"""What the download clients of a workspace say, by the places of its stores: asked once, before a scan."""

import os
from collections.abc import Iterator
from dataclasses import field

from reshelve.opening.wiring import Setting
from reshelve.planner.ports.downloads import NO_DOWNLOADS, Download, Downloads, Place, joined
from reshelve.schemas.client_settings import Client
from reshelve.schemas.consent_needs import clients
from reshelve.schemas.hook_settings import here
from reshelve.schemas.quick_dataclasses import dataclass

SECONDS = 10.0
"""How long one client may take."""


@dataclass(slots=True)
class ClientSeen:
    """What one client said: how many downloads it has, and those that lie in a store, by their places. `why` it said nothing.

    `there`: at least one of them is on this machine, by the name that it has here.
    """

    name: str
    why: str = ""
    told: int = 0
    there: bool = False
    places: list[tuple[Place, Download]] = field(default_factory=list)


def downloads_of(setting: Setting) -> Downloads:
    """Ask every client for its downloads. One that does not answer makes its stores silent.

    Raises UntrustedError when nobody consented to asking them.
    """
    asked = setting.workspace.clients
    if not asked:
        return NO_DOWNLOADS
    setting.trust.demand(list(clients(setting.declared)))
    places: list[tuple[Place, Download]] = []
    silent: dict[str, tuple[str, str]] = {}
    for seen in ask_all(setting):
        places += seen.places
        if seen.why:
            silent |= dict.fromkeys(asked[seen.name].stores or setting.workspace.scan, (seen.name, seen.why))
    return joined(places, silent)


def ask_all(setting: Setting) -> Iterator[ClientSeen]:
    """Ask every client that somebody consented to asking, and yield what each said."""
    from reshelve.executors.clients.asked_clients import ask_client
    from reshelve.executors.contracts.http_calls import NotDeliveredError

    lacking = {reach.key for reach in setting.trust.lacking(list(clients(setting.declared)))}
    tops = [(os.path.realpath(root.path), root.key) for root in setting.roots() if root.kind == "folder"]
    for name, client in setting.workspace.clients.items():
        if f"clients.{name}" in lacking:
            continue
        seen = ClientSeen(name)
        try:
            told = ask_client(client, setting.environ, SECONDS)
        except NotDeliveredError as trouble:
            seen.why, told = str(trouble), []
        seen.told = len(told)
        for one in told:
            download = Download(name, one.complete, _is_wanted(client, one.category, one.tags), one.category, one.tags)
            paths = [here(path, client.map) for path in one.paths if _is_path(path)]
            seen.there = seen.there or any(map(os.path.lexists, paths))
            seen.places += [(place, download) for path in paths for place in _places(path, tops)]
        yield seen


def _is_wanted(client: Client, category: str, tags: tuple[str, ...]) -> bool:
    return not client.categories or not {category, *tags}.isdisjoint(client.categories)


def _is_path(path: str) -> bool:
    """Say whether anything here can have that path: a client may name what no system knows."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _places(path: str, tops: list[tuple[str, str]]) -> Iterator[Place]:
    """Yield where a path is in stores; one that a store lies in is all of it."""
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    for top, key in tops:
        if f"{top}/".startswith(f"{real.rstrip('/')}/"):
            yield key, ""
        elif real.startswith(f"{top.rstrip('/')}/"):
            yield key, real[len(top.rstrip("/")) + 1 :]
