"""What people say of assets: tags, notes, status, uses and lineage, in a document beside the workspace, by content."""

from typing import Annotated, Any, Literal

from pydantic import Field

from reshelve.schemas.store_settings import Model

LinkKind = Literal["version", "derived", "proxy", "export"]
Sha256 = Annotated[str, Field(title="SHA-256", pattern=r"^[0-9a-f]{64}$", description="a SHA-256: 64 hex digits")]
Tag = Annotated[str, Field(title="tag", pattern=r"^[^\s,][^,\n]{0,99}$", description="a tag: no comma, no line break")]


class AssetUse(Model):
    """One use of an asset."""

    project: Annotated[str, Field(min_length=1, description="The project that it was used in.", examples=["b63-flivideo"])]
    sequence: Annotated[str | None, Field(description="The sequence or timeline.", examples=["opening"])] = None
    date: Annotated[
        str | None, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}", description="The day it was used.", examples=["2026-11-26"])
    ] = None
    duration: Annotated[float | None, Field(ge=0, description="For how many seconds.", examples=[12.5])] = None


class AssetLink(Model):
    """How an asset relates to another."""

    to: Annotated[Sha256, Field(description="The SHA-256 of the other.", examples=["0f" * 32])]
    as_: Annotated[
        LinkKind,
        Field(
            alias="as",
            description="A later version of it, derived from it, its proxy, or its export.",
            examples=["version"],
        ),
    ]


class AssetNotes(Model):
    """Notes on one asset."""

    at: Annotated[str | None, Field(description="Where it was last known, for people.", examples=["library:b63/cut.mp4"])] = None
    size: Annotated[int | None, Field(ge=0, description="Its size in bytes.", examples=[1054018])] = None
    xxh3: Annotated[
        str | None,
        Field(
            pattern=r"^xxh3:[0-9a-f]{32}$",
            description="Its hash in plans and journals.",
            examples=["xxh3:" + "0f" * 16],
        ),
    ] = None
    status: Annotated[
        str | None,
        Field(min_length=1, max_length=100, description="One word. Default: `active`.", examples=["approved"]),
    ] = None
    tags: Annotated[list[Tag], Field(description="Its tags.", examples=[["hero", "drone"]])] = []
    note: Annotated[str | None, Field(max_length=10_000, description="A note.", examples=["graded by Ana"])] = None
    meta: Annotated[dict[str, Any], Field(description="Values of your own, by name.", examples=[{"camera": "A7"}])] = {}
    uses: Annotated[list[AssetUse], Field(description="Where it was used.", examples=[[{"project": "b63-flivideo"}]])] = []
    links: Annotated[
        list[AssetLink], Field(description="How it relates to other assets.", examples=[[{"to": "0f" * 32, "as": "proxy"}]])
    ] = []


class AssetBook(Model):
    """`assets.yaml`."""

    version: Annotated[Literal[1], Field(description="The version of this format.", examples=[1])] = 1
    assets: Annotated[
        dict[Sha256, AssetNotes],
        Field(description="Notes on each asset, by the SHA-256 of its content.", examples=[{"0f" * 32: {"tags": ["hero"]}}]),
    ] = {}
