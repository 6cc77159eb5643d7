"""Download clients: which are asked what is complete, how they are reached, and which folders they know by other names."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from reshelve.schemas.endpoints import plain_url
from reshelve.schemas.hook_settings import FolderMap
from reshelve.schemas.notify_settings import Variable
from reshelve.schemas.store_settings import Model, Name

ClientKind = Literal["qbittorrent", "transmission"]


class Client(Model):
    """A download client that is asked which of its downloads are complete. The password comes from the environment."""

    kind: Annotated[ClientKind, Field(description="The program.", examples=["qbittorrent"])]
    url: Annotated[
        Annotated[str, AfterValidator(plain_url)],
        Field(
            description="Its address: of qBittorrent's web interface, or of Transmission's RPC without `/transmission/rpc`.",
            examples=["http://127.0.0.1:8080"],
        ),
    ]
    user: Annotated[str | None, Field(description="The user that logs in.", examples=["admin"])] = None
    password_env: Annotated[
        Variable | None,
        Field(
            description="The variable that holds the password. Without it there is no log-in.", examples=["QBITTORRENT_PASSWORD"]
        ),
    ] = None
    categories: Annotated[
        list[str],
        Field(
            description="Only downloads with one of these categories, tags or labels are filed; its others are left alone. "
            "Default: all.",
            examples=[["tv", "films"]],
        ),
    ] = []
    stores: Annotated[
        list[Name],
        Field(
            description="The stores that it downloads into. Their files are left alone while it does not answer. "
            "Default: all that are scanned.",
            examples=[["inbox"]],
        ),
    ] = []
    map: Annotated[
        FolderMap,
        Field(
            description="Folders here, each with the name that the client has for it. Needed if it runs in a container or on "
            "another machine.",
            examples=[{"/srv/downloads": "/downloads"}],
        ),
    ] = {}

    @model_validator(mode="after")
    def _log_in(self) -> "Client":
        if self.user is not None and self.password_env is None:
            raise ValueError("`user` needs `password_env`, the variable that holds the password")
        return self
