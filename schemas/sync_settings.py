"""Sync: which folder of each project several people share, and where in a bucket all of them see it."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from reshelve.schemas.patterns import GlobText
from reshelve.schemas.store_settings import Days, Model

PROJECT = "{project}"
_PART = re.compile(r"[^{}]+\Z")
_USER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?\Z")

JUNK = (
    ".DS_Store", "._*", "Thumbs.db", "desktop.ini", "*:Zone.Identifier", "*.part", "*.crdownload", "*.tmp", "~$*",
    ".git", "node_modules",
)  # fmt: skip
"""What systems and programs leave beside people's work: never shared, unless `exclude` says otherwise."""


def user_fault(name: str) -> str:
    """Say what is wrong with a person's name, or ""."""
    return "" if _USER.match(name) else "letters, digits, dots, _ and -, 40 at most, beginning and ending with a letter or digit"


def _user(name: str) -> str:
    if fault := user_fault(name):
        raise ValueError(f"a person's name is made of {fault}")
    return name


def _place(at: str) -> str:
    store, colon, rel = at.partition(":")
    parts = rel.split("/")
    if not colon or not store or parts.count(PROJECT) != 1:
        raise ValueError(f"a location with {PROJECT} as one of its folders, as in work:{PROJECT}/s3-staging")
    if any(part in ("", ".", "..") or (part != PROJECT and not _PART.match(part)) for part in parts):
        raise ValueError(f"no other placeholder than {PROJECT}, which is a whole folder name, and no empty part")
    return at


Place = Annotated[
    str,
    AfterValidator(_place),
    Field(title="location with {project}", description="a location with {project}: work:{project}/s3-staging"),
]
User = Annotated[str, AfterValidator(_user), Field(title="name", description="a person's short name: david")]


class Sync(Model):
    """One folder of each project that several people share through a bucket."""

    here: Annotated[
        Place,
        Field(description="Where it is on this machine, in a store with one `path`.", examples=["work:{project}/s3-staging"]),
    ]
    there: Annotated[Place, Field(description="The shared location, in a bucket.", examples=["collab:v-appydave/{project}"])]
    user: Annotated[
        User | None,
        Field(
            description="Your name for the others; better set in reshelve.local.yaml, RESHELVE_USER or S3_SYNC_USER.",
            examples=["david"],
        ),
    ] = None
    exclude: Annotated[
        list[GlobText],
        Field(description="Names that are not shared; replaces the built-in list.", examples=[[".DS_Store", "*.tmp"]]),
    ] = list(JUNK)
    expire: Annotated[
        Days | None,
        Field(description="The bucket deletes files after this time: declared as a lifecycle rule.", examples=["90d"]),
    ] = None


class LocalSync(Model):
    """This machine's own settings for one `sync:`: only the keys that differ."""

    here: Annotated[Place | None, Field(description="Where it is on this machine.", examples=["mine:{project}/shared"])] = None
    there: Annotated[Place | None, Field(description="The shared location.", examples=["collab:v-appydave/{project}"])] = None
    user: Annotated[User | None, Field(description="Your name for the others.", examples=["jan"])] = None
    exclude: Annotated[
        list[GlobText] | None, Field(description="Names that are not shared from this machine.", examples=[["*.tmp"]])
    ] = None


def user_of(sync: Sync, environ: Mapping[str, str]) -> str:
    """Return who this is to the others of a sync: as it says itself, else as the environment does, "" where nobody does."""
    return sync.user or environ.get("RESHELVE_USER") or environ.get("S3_SYNC_USER") or ""


def overlaid(shared: Sync, own: LocalSync) -> Sync:
    """Return a sync with this machine's own keys laid over it."""
    return shared.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})
