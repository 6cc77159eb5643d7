"""After a run: which players and programs are told of the folders that it changed, and how they are reached."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from reshelve.schemas.hook_settings import FolderMap
from reshelve.schemas.notify_settings import Address, Variable
from reshelve.schemas.store_settings import Age, Model

AfterKind = Literal["plex", "jellyfin", "emby", "kodi", "sonarr-webhook", "radarr-webhook", "program"]
_TOKENS = ("plex", "jellyfin", "emby")
_SECRETS: dict[str, set[str]] = {
    "kodi": {"user", "password_env"},
    "sonarr-webhook": {"token_env", "user", "password_env"},
    "radarr-webhook": {"token_env", "user", "password_env"},
    **{kind: {"token_env"} for kind in _TOKENS},
}
_ALL_SECRETS = {"token_env", "user", "password_env"}


class After(Model):
    """A player, or a program, that is told of the folders in which a run changed something, once the run has settled."""

    kind: Annotated[
        AfterKind,
        Field(
            description="`plex`, `jellyfin`, `emby`, `kodi`: a player that looks at these folders again; "
            "`sonarr-webhook`, `radarr-webhook`: what listens to Sonarr's or Radarr's webhook; `program`: a program of your own.",
            examples=["jellyfin"],
        ),
    ]
    url: Annotated[
        Address | None,
        Field(description="The address of the player, or of what listens.", examples=["http://nas.local:8096"]),
    ] = None
    url_env: Annotated[
        Variable | None, Field(description="The variable that holds the address, if it is a secret.", examples=["PLEX_URL"])
    ] = None
    token_env: Annotated[
        Variable | None,
        Field(
            description="The variable that holds Plex's token, an API key of Jellyfin or Emby, or a bearer token.",
            examples=["PLEX_TOKEN"],
        ),
    ] = None
    user: Annotated[str | None, Field(description="The user of Kodi's web server, or of what listens.", examples=["kodi"])] = None
    password_env: Annotated[
        Variable | None, Field(description="The variable that holds that user's password.", examples=["KODI_PASSWORD"])
    ] = None
    map: Annotated[
        FolderMap,
        Field(
            description="Folders here, each with the name that the receiver has for it. Needed if it runs in a container "
            "or on another machine.",
            examples=[{"/srv/media": "/data"}],
        ),
    ] = {}
    program: Annotated[
        list[str],
        Field(
            description="The program and its arguments. It is not passed to a shell, and reads JSON from its standard input.",
            examples=[["/usr/local/bin/library-changed", "--quiet"]],
        ),
    ] = []
    timeout: Annotated[
        Age, Field(description="How long the program may take. The command that ended the run waits for it.", examples=["5m"])
    ] = "1m"

    @model_validator(mode="after")
    def _as_its_kind(self) -> "After":
        given = self.model_fields_set
        if self.kind == "program":
            if not self.program:
                raise ValueError("`kind: program` needs `program:`, a list: the program, then its arguments")
            if "/" in self.program[0] and not self.program[0].startswith("/"):
                raise ValueError("the program is a name in PATH, or a whole path: not one from here")
            needless = given - {"kind", "program", "timeout"}
        else:
            if (self.url is None) == (self.url_env is None):
                raise ValueError("a player has either `url` or `url_env`")
            if self.kind in _TOKENS and self.token_env is None:
                raise ValueError(f"`kind: {self.kind}` needs `token_env`, the variable that holds its token")
            if self.user is not None and self.password_env is None:
                raise ValueError("`user` needs `password_env`, the variable that holds the password")
            if _SECRETS[self.kind] == _ALL_SECRETS and {"token_env", "password_env"} <= given:
                raise ValueError("either `token_env` or `password_env`: only one of them can be sent")
            needless = given & ({"program", "timeout"} | (_ALL_SECRETS - _SECRETS[self.kind]))
        if needless:
            raise ValueError(f"`kind: {self.kind}` has no key `{min(needless)}`")
        return self
