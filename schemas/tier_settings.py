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
            description="`folder` holds all files, `light` all but the heavy ones, `tar.gz` and `zip` one archive with "
            "that ending.",
            examples=["tar.gz"],
        ),
    ] = "folder"
    storage_class: Annotated[
        StorageClass | None,
        Field(
            alias="class",
            description="The storage class there. Tiers that differ by class alone are one place.",
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
    """When projects that stand in tier `from` shall stand in the tiers `to` instead; all that is given must hold."""

    from_: Annotated[Name, Field(alias="from", description="The tier that projects leave.", examples=["local"])]
    to: Annotated[
        list[Name],
        Field(
            min_length=1, description="The tiers they go to. It may name `from`: nothing goes then.", examples=[["ssd", "light"]]
        ),
    ]
    after: Annotated[
        Age | None, Field(description="Nothing in the project was written for longer than this.", examples=["90d"])
    ] = None
    setting: Annotated[
        Annotated[str, Field(min_length=1)] | None,
        Field(
            description="The name of a number of days among the `settings` of a project's own project_config.json, which "
            "then holds for `after`.",
            examples=["archive_after_days"],
        ),
    ] = None
    keep: Annotated[
        Annotated[int, Field(ge=0)] | None, Field(description="The project is not among so many most lately used.", examples=[10])
    ] = None
    keep_size: Annotated[Size | None, Field(description="Of those lately used, so much stays.", examples=["500GB"])] = None
    projects: Annotated[list[GlobText], Field(description="The project's name is like one of these.", examples=[["b*"]])] = ["*"]
    name: Annotated[str | None, Field(description="The move's name, as plans say it.", examples=["to-ssd"])] = None


class Tiers(Model):
    """One line of projects: the tiers in their order, and what moves projects between them."""

    order: Annotated[
        dict[Name, Tier],
        Field(
            min_length=1,
            description="The tiers, by name, from where work is done to where it rests.",
            examples=[{"local": {"at": "local:{project}"}}],
        ),
    ]
    moves: Annotated[
        list[Move],
        Field(description="What moves projects between them.", examples=[[{"from": "local", "to": ["ssd"], "after": "90d"}]]),
    ] = []
    project: Annotated[list[GlobText], Field(description="Which folder names are projects.", examples=[["b*"]])] = ["*"]
    except_: Annotated[list[GlobText], Field(alias="except", description="Which folder names are none.", examples=[["_*"]])] = []
    ranges: Annotated[int, Field(ge=2, description="How many numbers share a `{range}` folder.", examples=[100])] = 50
    copies: Annotated[
        int,
        Field(ge=1, description="How many whole copies, verified, must stand elsewhere before anything is dropped.", examples=[2]),
    ] = 1
    light: Annotated[
        list[Extension] | None,
        Field(
            description="Extensions of light files, which alone are brought back; else a list of ours.", examples=[["srt", "txt"]]
        ),
    ] = None
    heavy: Annotated[
        list[Extension] | None,
        Field(
            description="Extensions of heavy files, which a light tier leaves out; else a list of ours.", examples=[["mov", "mp4"]]
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
