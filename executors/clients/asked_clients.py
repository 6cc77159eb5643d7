"""Every kind of download client, by what asks it: one file and one name each."""

from collections.abc import Callable, Mapping

from reshelve.executors.clients.qbittorrent import qbittorrent
from reshelve.executors.clients.told_downloads import ToldDownload
from reshelve.executors.clients.transmission import transmission
from reshelve.executors.contracts.http_calls import NotDeliveredError
from reshelve.schemas.client_settings import Client, ClientKind

ASKS: Mapping[ClientKind, Callable[[str, str, str, float], list[ToldDownload]]] = {
    "qbittorrent": qbittorrent,
    "transmission": transmission,
}


def ask_client(client: Client, environ: Mapping[str, str], seconds: float) -> list[ToldDownload]:
    """Return the downloads of a client, within so many seconds. Raises NotDeliveredError, whose text holds no secret."""
    password = ""
    if client.password_env:
        password = environ.get(client.password_env, "")
        if not password:
            raise NotDeliveredError(f"${client.password_env} is not set")
    return ASKS[client.kind](client.url, client.user or "admin", password, seconds)
