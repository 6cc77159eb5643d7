"""The databases there are: one name each, and what makes one."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from reshelve.executors.lookup.asked_in_order import Databases
from reshelve.executors.lookup.lookup_cache import LookupCache
from reshelve.executors.lookup.provider_contract import NoAnswerError, Provider
from reshelve.executors.lookup.remembered_requests import Patience, Requests
from reshelve.schemas import quantities
from reshelve.schemas.lookup_settings import PIN, Lookup, Service, database_at


def databases_of(config: Lookup, folder: Path, environ: Mapping[str, str], cache: LookupCache, *, asks: bool) -> Databases:
    """Return the databases of a workspace in `folder`. Without `asks` nothing is sent, and what is remembered counts."""
    patience = Patience(float(quantities.age(config.timeout)), config.attempts, config.rate, config.requests)
    requests = Requests(cache, patience, asks=asks)
    makers: dict[str, Callable[[], Provider]] = {}
    for name in config.providers:
        if name == "recorded":
            makers[name] = partial(_recorded, config, folder)
        else:
            makers[name] = partial(_service, name, config, environ, requests, asks=asks)
    return Databases(makers, requests)


def _service(name: Service, config: Lookup, environ: Mapping[str, str], requests: Requests, *, asks: bool) -> Provider:
    to = database_at(config, name, environ)
    key = environ.get(to.variable, "").strip() if to.variable is not None else ""
    if asks and to.variable is not None and not key:
        # What is remembered counts all the same.
        requests.out(
            name,
            NoAnswerError(f"${to.variable} is not set", f"Set {to.variable} to a key of your own. More: reshelve help lookups"),
        )
    if name == "tvdb":
        from reshelve.executors.lookup.tvdb import Tvdb

        pin = environ.get(PIN, "").strip() if to.variable is not None else ""
        return Tvdb(config, to.url, key, pin, requests)
    from reshelve.executors.lookup.tmdb import Tmdb

    return Tmdb(config, to.url, key, requests)


def _recorded(config: Lookup, folder: Path) -> Provider:
    from reshelve.executors.lookup.recorded_works import Recorded

    return Recorded(folder / (config.answers or ""))
