"""Tiers: where whole projects stand, from where work is done to where it rests, and when they go from one to the next."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.layout import StorageClass
from reshelve.schemas.patterns import GlobText
from reshelve.schemas.store_settings import Model, Name, PartError, Size, checked
from reshelve.schemas.verbs import ArchiveFormat

Age = Annotated[str, checked(quantities.age), Field(title="age", description="an age: 90d, 6months, 1y")]
Form = Literal["folder", "light"] | ArchiveFormat
Extension = Annotated[str, Field(title="extension", pattern=r"^\.?[A-Za-z0-9]{1,11}$")]

PROJECT, RANGE = "{project}", "{range}"
_PART = re.compile(r"[^{}]*\Z")


class Tier(Model):
    """One tier: a place, and the form of projects there."""

    at: Annotated[
        str,
        Field(
            description="A location whose last part is `{project}`; `{range}` above it is the folder of the project's "
            "number, `b00-b49`.",
            examples=["ssd:{range}/{project}"],
        ),
    ]
    form: Annotated[
        Form,
        Field(
            description="`folder`: all files; `light`: all but the heavy ones; "
            "`tar.gz` and `zip`: one archive with that extension.",
            examples=["tar.gz"],
        ),
    ] = "folder"
    storage_class: Annotated[
        StorageClass | None,
        Field(
            alias="class",
            description="The storage class there. Tiers that differ only in class are the same place.",
            examples=["STANDARD_IA"],
        ),
    ] = None

    @model_validator(mode="after")
    def _a_place(self) -> "Tier":
        store, colon, rel = self.at.partition(":")
        parts = rel.split("/")
        if not colon or parts[-1] != PROJECT or parts.count(PROJECT) != 1:
            raise PartError(f"`at` is a location that ends in {PROJECT}, as in ssd:{PROJECT}", "at")
        if any(not part or part in (".", "..") or not (part in (PROJECT, RANGE) or _PART.match(part)) for part in parts):
            raise PartError(f"`at` has no other placeholders than {PROJECT} and {RANGE}, each a whole folder name", "at")
        if parts.count(RANGE) > 1:
            raise PartError(f"`at` has {RANGE} once at most", "at")
        del store
        return self

    @property
    def is_archive(self) -> bool:
        """Whether a project is one archive here."""
        return self.form not in ("folder", "light")


class Move(Model):
    """When projects in the tier `from` move to the tiers `to`; all conditions given must hold."""

    from_: Annotated[Name, Field(alias="from", description="The tier that projects leave.", examples=["local"])]
    to: Annotated[
        list[Name],
        Field(
            min_length=1,
            description="The tiers they go to. If it names `from`, nothing is removed there.",
            examples=[["ssd", "light"]],
        ),
    ]
    after: Annotated[
        Age | None, Field(description="Nothing in the project was modified for longer than this.", examples=["90d"])
    ] = None
    setting: Annotated[
        Annotated[str, Field(min_length=1)] | None,
        Field(
            description="A key in the `settings` of a project's own project_config.json; its number of days then replaces `after`.",
            examples=["archive_after_days"],
        ),
    ] = None
    keep: Annotated[
        Annotated[int, Field(ge=0)] | None,
        Field(description="The project is not among this many most recently used ones.", examples=[10]),
    ] = None
    keep_size: Annotated[
        Size | None, Field(description="The most recently used projects that fit into this size stay.", examples=["500GB"])
    ] = None
    projects: Annotated[list[GlobText], Field(description="The project's name matches one of these.", examples=[["b*"]])] = ["*"]
    name: Annotated[str | None, Field(description="The move's name, as shown in plans.", examples=["to-ssd"])] = None


class Tiers(Model):
    """One group of projects: its tiers in order, and what moves projects between them."""

    order: Annotated[
        dict[Name, Tier],
        Field(
            min_length=1,
            description="The tiers, by name, from active work to deep archive.",
            examples=[{"local": {"at": "local:{project}"}}],
        ),
    ]
    moves: Annotated[
        list[Move],
        Field(description="What moves projects between them.", examples=[[{"from": "local", "to": ["ssd"], "after": "90d"}]]),
    ] = []
    project: Annotated[list[GlobText], Field(description="Which folder names are projects.", examples=[["b*"]])] = ["*"]
    except_: Annotated[list[GlobText], Field(alias="except", description="Which folder names are not.", examples=[["_*"]])] = []
    ranges: Annotated[int, Field(ge=2, description="How many numbers share a `{range}` folder.", examples=[100])] = 50
    copies: Annotated[
        int,
        Field(
            ge=1, description="How many complete, verified copies must exist elsewhere before anything is removed.", examples=[2]
        ),
    ] = 1
    light: Annotated[
        list[Extension] | None,
        Field(
            description="Extensions of light files; only these are brought back. Default: a built-in list.",
            examples=[["srt", "txt"]],
        ),
    ] = None
    heavy: Annotated[
        list[Extension] | None,
        Field(
            description="Extensions of heavy files, which a light tier leaves out. Default: a built-in list.",
            examples=[["mov", "mp4"]],
        ),
    ] = None

    @model_validator(mode="after")
    def _known_tiers(self) -> "Tiers":
        for number, move in enumerate(self.moves):
            for key, name in (("from", move.from_), *(("to", each) for each in move.to)):
                if name not in self.order:
                    told = f"a move names the tier {name!r}; `order` has {', '.join(self.order)}"
                    raise PartError(told, "moves", number, key)
            source = self.order[move.from_]
            for name in move.to:
                if name == move.from_:
                    continue
                if source.is_archive and self.order[name].form == "light":
                    raise PartError(f"light files are not brought out of an archive: {move.from_} to {name}", "moves", number, "to")
                if source.form == "light" and self.order[name].form != "light":
                    raise PartError(f"light files alone are no whole project: {move.from_} to {name}", "moves", number, "to")
        return self
