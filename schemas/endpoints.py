"""Endpoints: which host a URL of a document names, or a region becomes part of, read one way everywhere."""

import ipaddress
import re

from reshelve.schemas.quick_dataclasses import dataclass

_URL = re.compile(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?(?:/[A-Za-z0-9._~%/:+=,-]*)?\Z")
_OWN_6 = ipaddress.ip_address("::1")
_USUAL = {"http": 80, "https": 443}
_REGION_LABEL = re.compile(r"(?![0-9]+\Z)(?!-)[A-Za-z0-9-]{1,63}(?<!-)\Z")
_REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}"
# Not all of amazonaws.com is AWS's to answer: machines, balancers and gateways of its customers have names there too.
_AWS = re.compile(
    rf"(?:s3(?:[.-](?:fips|dualstack|accelerate|external-1|{_REGION}))*|bedrock-runtime(?:-fips)?\.{_REGION})\.amazonaws\.com(?:\.cn)?\Z"
)


@dataclass(slots=True, frozen=True)
class Endpoint:
    """Where something is sent: scheme, host in lower case, and port. Its text is a URL without a path."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.at}"

    @property
    def at(self) -> str:
        """The host as people write it, with its port where that is not the usual one."""
        return self.host if self.port == _USUAL[self.scheme] else f"{self.host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether it is written as this machine's own: localhost, ::1, or four plain numbers that begin with 127."""
        if self.host == "localhost":
            return True
        try:
            address = ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return False
        return address == _OWN_6 if address.version == 6 else address.is_loopback

    @property
    def aws(self) -> bool:
        """Whether it is an endpoint that AWS itself has for buckets or for Bedrock, spoken to in secret."""
        return self.scheme == "https" and self.port == _USUAL["https"] and _AWS.match(self.host) is not None


def endpoint(url: str) -> Endpoint:
    """Return the endpoint of a URL. Raises ValueError, whose text repeats nothing of it, for any but a plain https://host:port/path.

    What two readers of URLs might understand differently (a name or password, a query, a backslash, a blank) is none.
    """
    match = _URL.match(url)
    port = int(match[3]) if match is not None and match[3] else None
    if match is None or (port is not None and not 0 < port < 1 << 16):
        raise ValueError("it is written https://host:port/path, without name, password or query: keys come from the environment")
    return Endpoint(match[1], match[2].lower(), port or _USUAL[match[1]])


def plain_url(url: str) -> str:
    """Return a URL as it is, when it names an endpoint. Raises ValueError."""
    endpoint(url)
    return url


def region(name: str) -> str:
    """Return the name of a region, a part of host names, as it is. Raises ValueError, whose text repeats nothing of it."""
    if not _REGION_LABEL.match(name):
        raise ValueError("a region is letters, digits and hyphens, such as eu-central-1: it becomes part of a host name")
    return name
