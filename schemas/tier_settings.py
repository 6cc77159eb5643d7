"""Tiers: where whole projects stand, from where work is done to where it rests, and when they go from one to the next."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.layout import StorageClass
from reshelve.schemas.patterns import GlobText
from reshelve.schemas.store_settings import Model, Name, Size, checked
from reshelve.schemas.verbs import ArchiveFormat

Age = Annotated[str, checked(quantities.age), Field(description="an age: 90d, 6months, 1y")]
Form = Literal["folder", "light"] | ArchiveFormat
Extension = Annotated[str, Field(pattern=r"^\.?[A-Za-z0-9]{1,11}$")]

PROJECT, RANGE = "{project}", "{range}"
_PART = re.compile(r"[^{}]*\Z")


class Tier(Model):
    """One tier: a place, and the form of projects there.

    `at` is a location whose last part is `{project}`; `{range}` above it is the folder of the project's number, `b00-b49`.
    `form`: `folder` holds all files, `light` all but the heavy ones, `tar.gz` and `zip` one archive with that ending. `class` is
    the storage class there; tiers that differ by class alone are one place.
    """

    at: str
    form: Form = "folder"
    storage_class: Annotated[StorageClass | None, Field(alias="class")] = None

    @model_validator(mode="after")
    def _a_place(self) -> "Tier":
        store, colon, rel = self.at.partition(":")
        parts = rel.split("/")
        if not colon or parts[-1] != PROJECT or parts.count(PROJECT) != 1:
            raise ValueError(f"`at` is a location that ends in {PROJECT}, as in ssd:{PROJECT}")
        if any(not part or part in (".", "..") or not (part in (PROJECT, RANGE) or _PART.match(part)) for part in parts):
            raise ValueError(f"`at` has no other placeholders than {PROJECT} and {RANGE}, each a whole folder name")
        if parts.count(RANGE) > 1:
            raise ValueError(f"`at` has {RANGE} once at most")
        del store
        return self

    @property
    def is_archive(self) -> bool:
        """Whether a project is one archive here."""
        return self.form not in ("folder", "light")


class Move(Model):
    """When projects that stand in tier `from` shall stand in the tiers `to` instead; all that is given must hold.

    `after`: nothing in it was written for longer than that. `keep`: it is not among so many most lately used. `keep_size`: those
    lately used that fit into so much stay. `projects`: its name is like one of these. `to` may name `from`: nothing goes then.
    `setting` names a number of days among the `settings` of a project's own project_config.json, which then holds for `after`.
    """

    from_: Annotated[Name, Field(alias="from")]
    to: Annotated[list[Name], Field(min_length=1)]
    after: Age | None = None
    setting: Annotated[str, Field(min_length=1)] | None = None
    keep: Annotated[int, Field(ge=0)] | None = None
    keep_size: Size | None = None
    projects: list[GlobText] = ["*"]
    name: str | None = None


class Tiers(Model):
    """One line of projects: the tiers in their order, and what moves projects between them.

    `project` are globs of the folder names that are projects, `except` of those that are not. `ranges` is how many numbers share a
    `{range}` folder. `copies` is how many whole copies, verified, must stand elsewhere before anything is dropped. `light` and
    `heavy` are kinds of files by extension: heavy ones are left out of a light tier, light ones are what is brought back.
    """

    order: Annotated[dict[Name, Tier], Field(min_length=1)]
    moves: list[Move] = []
    project: list[GlobText] = ["*"]
    except_: Annotated[list[GlobText], Field(alias="except")] = []
    ranges: Annotated[int, Field(ge=2)] = 50
    copies: Annotated[int, Field(ge=1)] = 1
    light: list[Extension] | None = None
    heavy: list[Extension] | None = None

    @model_validator(mode="after")
    def _known_tiers(self) -> "Tiers":
        for move in self.moves:
            for name in (move.from_, *move.to):
                if name not in self.order:
                    raise ValueError(f"a move names the tier {name!r}; `order` has {', '.join(self.order)}")
            source = self.order[move.from_]
            for name in move.to:
                if name == move.from_:
                    continue
                if source.is_archive and self.order[name].form == "light":
                    raise ValueError(f"light files are not brought out of an archive: {move.from_} to {name}")
                if source.form == "light" and self.order[name].form != "light":
                    raise ValueError(f"light files alone are no whole project: {move.from_} to {name}")
        return self
