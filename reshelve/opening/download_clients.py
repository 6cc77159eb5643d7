"""What the download clients of a workspace say, by the places of its stores: asked once, before a scan."""

import os
from collections.abc import Iterator

from reshelve.opening.consent import UntrustedError
from reshelve.opening.wiring import Setting
from reshelve.planner.ports.downloads import NO_DOWNLOADS, Download, Downloads, Place, joined
from reshelve.schemas.client_settings import Client
from reshelve.schemas.consent_needs import clients
from reshelve.schemas.hook_settings import here

SECONDS = 10.0
"""How long one client may take."""


def downloads_of(setting: Setting) -> Downloads:
    """Ask every client for its downloads. One that does not answer makes its stores silent.

    Raises UntrustedError when nobody consented to asking them.
    """
    asked = setting.workspace.clients
    if not asked:
        return NO_DOWNLOADS
    if lacking := setting.trust.lacking(list(clients(setting.declared))):
        raise UntrustedError(setting.trust, lacking)
    from reshelve.executors.clients.asked_clients import ask_client
    from reshelve.executors.contracts.http_calls import NotDeliveredError

    tops = [(os.path.realpath(root.path), root.key) for root in setting.roots() if root.kind == "folder"]
    places: list[tuple[Place, Download]] = []
    silent: dict[str, tuple[str, str]] = {}
    for name, client in asked.items():
        try:
            told = ask_client(client, setting.environ, SECONDS)
        except NotDeliveredError as trouble:
            silent |= dict.fromkeys(client.stores or setting.workspace.scan, (name, str(trouble)))
            continue
        for one in told:
            download = Download(name, one.complete, _is_wanted(client, one.category, one.tags), one.category, one.tags)
            places += [(place, download) for path in one.paths for place in _places(here(path, client.map), tops)]
    return joined(places, silent)


def _is_wanted(client: Client, category: str, tags: tuple[str, ...]) -> bool:
    return not client.categories or not {category, *tags}.isdisjoint(client.categories)


def _places(path: str, tops: list[tuple[str, str]]) -> Iterator[Place]:
    """Yield where a path is in stores; one that a store lies in is all of it."""
    real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    for top, key in tops:
        if f"{top}/".startswith(f"{real.rstrip('/')}/"):
            yield key, ""
        elif real.startswith(f"{top.rstrip('/')}/"):
            yield key, real[len(top.rstrip("/")) + 1 :]
