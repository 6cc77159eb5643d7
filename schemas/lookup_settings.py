"""The `lookup:` block of a workspace: which databases of films and shows are asked what names leave in doubt."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.endpoints import endpoint, plain_url
from reshelve.schemas.store_settings import Model
from reshelve.schemas.suggest_settings import Asked

Service = Literal["tmdb", "tvdb"]
Database = Literal["tmdb", "tvdb", "recorded"]

URLS: Mapping[Service, str] = {"tmdb": "https://api.themoviedb.org/3", "tvdb": "https://api4.thetvdb.com/v4"}
"""Where each answers (developer.themoviedb.org, "Getting started"; thetvdb.github.io/v4-api, "servers")."""
KEYS: Mapping[Service, str] = {"tmdb": "TMDB_API_KEY", "tvdb": "TVDB_API_KEY"}
"""The variables that hold each one's key unless `key_env` names another."""
PIN = "TVDB_PIN"
"""The variable with the subscriber's PIN that keys of TheTVDB for end users go with."""

Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


def _age(text: str) -> str:
    quantities.age(text)
    return text


class Lookup(Model):
    """Settings for looking up. Nothing is sent without `scan --lookup` or `always: true`."""

    providers: Annotated[
        list[Database],
        Field(
            min_length=1,
            description="The databases, in the order in which they are asked. `recorded` replays saved answers.",
            examples=[["tmdb", "tvdb"]],
        ),
    ]
    language: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")],
        Field(description="The language of titles, such as en-US or de.", examples=["de-DE"]),
    ] = "en-US"
    region: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None,
        Field(
            description="The country whose dates of release count, as two letters. Without it, each film's first.", examples=["DE"]
        ),
    ] = None
    key_env: Annotated[
        dict[Service, Variable],
        Field(
            description="By database, the variable that holds its key. One other than the database's own needs consent.",
            examples=[{"tmdb": "MY_TMDB_KEY"}],
        ),
    ] = {}
    base_url: Annotated[
        dict[Service, Annotated[str, AfterValidator(plain_url)]],
        Field(
            description="By database, another endpoint of the same protocol. It needs consent unless it is on this machine.",
            examples=[{"tmdb": "http://localhost:8080/3"}],
        ),
    ] = {}
    answers: Annotated[str | None, Field(description="The file of saved answers, for `recorded`.", examples=["lookups.ndjson"])] = (
        None
    )
    requests: Annotated[int, Field(ge=0, description="How many requests one scan may send.", examples=[200])] = 1000
    rate: Annotated[float, Field(gt=0, le=2400, description="How many requests per minute.", examples=[120])] = 600.0
    timeout: Annotated[
        str,
        AfterValidator(_age),
        Field(title="age", description="How long one answer may take.", examples=["30s"]),
    ] = "10s"
    attempts: Annotated[int, Field(ge=1, le=10, description="How often a request is tried.", examples=[1])] = 3
    always: Annotated[bool, Field(description="Every scan asks, even without `--lookup`. It needs consent.")] = False

    @model_validator(mode="after")
    def _whole(self) -> "Lookup":
        if len(set(self.providers)) < len(self.providers):
            raise ValueError("`providers` names one twice")
        if "recorded" in self.providers and not self.answers:
            raise ValueError("the provider `recorded` needs `answers`, a file of saved answers")
        return self

    @property
    def services(self) -> tuple[Service, ...]:
        """Those of the providers that something is sent to, in their order."""
        return tuple(name for name in self.providers if name != "recorded")


def elsewhere(service: str, url: str) -> str:
    """Return what tells answers of another endpoint than the database's own apart, "" for its own."""
    return "" if URLS.get(service) == url else f"{url} "  # type: ignore[call-overload]


def database_at(config: Lookup, service: Service, environ: Mapping[str, str]) -> Asked:
    """Return where a database is asked, and with which variable's key, on a machine with this environment.

    One on the loopback that the document names gets no key unless the document names one, as for a model (`suggest_settings.whom`).
    """
    url = config.base_url.get(service, URLS[service])
    to = endpoint(url)
    named = config.key_env.get(service)
    bare = to.loopback and named is None
    variable = None if bare else named or KEYS[service]
    unset = variable is None or not environ.get(variable, "").strip()
    own = str(to) == str(endpoint(URLS[service])) and variable == KEYS[service]
    return Asked(url, to, variable, own or (to.loopback and unset))
