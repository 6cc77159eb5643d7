"""The gate: which requests are answered at all. Pure decisions on a request's head, the same for every route."""

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import field

from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass

SAFE = ("GET", "HEAD", "OPTIONS")
_OWN_SITE = ("same-origin", "none")


@dataclass(slots=True, frozen=True)
class Head:
    """What the gate looks at. Each header is there as often as it was sent."""

    method: str
    host: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    fetch_site: tuple[str, ...] = ()
    authorization: tuple[str, ...] = ()
    cookies: dict[str, str] = field(default_factory=dict, repr=False)
    scheme: str = "http"


def refuse_host(head: Head, hosts: Collection[str]) -> None:
    """Raise unless the request is for one of `hosts`, with its port: a name that was bound to this address elsewhere is none."""
    if len(head.host) != 1 or head.host[0].lower() not in hosts:
        named = head.host[0] if len(head.host) == 1 else f"{len(head.host)} hosts"
        detail = f"The request is for {named[:100]!r}."
        hint = "If that is a name of this server: reshelve serve --name NAME:PORT"
        raise stop("wrong-host", "The request is for another host.", detail, hint=hint, kind="declined")


def refuse_foreign(head: Head) -> None:
    """Raise where another site's page sent a request that changes something.

    A browser says where a request comes from, by `Sec-Fetch-Site` or by `Origin`. What says neither is no browser.
    """
    if head.method in SAFE:
        return
    if head.fetch_site:
        if all(site in _OWN_SITE for site in head.fetch_site):
            return
        raise _foreign(f"Sec-Fetch-Site is {', '.join(head.fetch_site)[:100]!r}")
    if head.origin and (len(head.origin) != 1 or _host_of(head.origin[0]) != head.host[0].lower()):
        raise _foreign(f"Origin is {', '.join(head.origin)[:100]!r}")


def _foreign(why: str) -> ReshelveError:
    detail = f"{why}, and the request would change something."
    return stop("cross-origin", "The request comes from another site.", detail, kind="declined")


def _host_of(origin: str) -> str:
    scheme, mark, host = origin.partition("://")
    return host.lower() if mark and scheme in ("http", "https") else ""


def knows(head: Head, token: str, cookie: str) -> bool:
    """Say whether a request has the token: as a bearer, as a password, or in the cookie that it was exchanged for.

    A request that changes something and does not say where it comes from is no browser's, and has no use for a cookie.
    """
    if head.authorization:
        return len(head.authorization) == 1 and _has(
            head.authorization[0], token, from_browser=bool(head.fetch_site or head.origin)
        )
    from_browser = bool(head.fetch_site or head.origin) or head.method in SAFE
    return from_browser and cookie in head.cookies and same(head.cookies[cookie], cookie_value(token, cookie))


def _has(authorization: str, token: str, *, from_browser: bool) -> bool:
    """Say whether a header has the token. A browser would send a password by itself, for any page that asks: it is not taken."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() != "basic" or from_browser:
        return same(authorization, f"Bearer {token}")
    try:
        login = b64decode(given, validate=True).decode()
    except ValueError:
        return False
    return ":" in login and same(login.partition(":")[2], token)


def cookie_name(port: int) -> str:
    """Return the name of the cookie: with the port, for cookies do not tell ports apart."""
    return f"reshelve-{port}"


def cookie_value(token: str, name: str) -> str:
    """Return what the token is exchanged for: told by the token alone, so that a restarted server knows it again."""
    return hmac.new(token.encode(), name.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Say whether two secrets are the same, in a time that does not tell how far they agree."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def hosts_of(address: str, port: int, names: Sequence[str]) -> frozenset[str]:
    """Return every host that a server at `address` is asked for: the names it was given, and those of this machine itself."""
    own = ("127.0.0.1", "localhost", "[::1]") if is_loopback(address) else ()
    default = [host for host in own if port == 80]
    return frozenset([*(f"{host}:{port}" for host in own), *default, *(name.lower() for name in names)])


def is_loopback(address: str) -> bool:
    """Say whether an address is this machine's own, which no other reaches."""
    import ipaddress

    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
