"""How a store is scanned: its settings, and the rules that say where its files go."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.conditions import EVERYTHING, Condition
from reshelve.schemas.layout import OnConflict, Transfer
from reshelve.schemas.patterns import GlobText
from reshelve.schemas.store_settings import Model, PartError, checked

Age = Annotated[str, checked(quantities.age), Field(title="age", description="an age: 5m, 12h, 30d")]
Junk = Literal["travel", "trash", "leave"]
OnDuplicate = Literal["leave", "trash", "file"]


DEEDS = ("place", "absent", "leave", "review")
"""The keys of a rule of which it has exactly one: what it does with its files."""


def several_deeds(given: Sequence[str]) -> str:
    """Say what is wrong with a rule that has these of `DEEDS`."""
    told = f"this one has {' and '.join(f'`{name}`' for name in given)}" if given else "this one has none"
    return f"a rule has exactly one of `place`, `absent: true`, `leave: true` and `review: true`; {told}"


class Rule(Model):
    """What to do with matching files: `place` (a location template), `absent: true`, `leave: true` or `review: true`."""

    name: Annotated[str, Field(description="The rule's name, as shown in plans, reviews and problems.", examples=["films"])]
    when: Annotated[
        Condition,
        Field(description="The condition a file must meet; a rule without it matches every file.", examples=[{"kind": "movie"}]),
    ] = EVERYTHING
    place: Annotated[
        str | None,
        Field(
            description="Where the file goes: a location template.",
            examples=["library:Movies/{{ title }} ({{ year }})/{{ filename }}"],
        ),
    ] = None
    absent: Annotated[bool, Field(description="The file goes to the trash.")] = False
    leave: Annotated[bool, Field(description="The file stays where it is.")] = False
    review: Annotated[bool, Field(description="The file is left to you, under `review:` in the layout.")] = False
    transfer: Annotated[
        Transfer | None,
        Field(description="How files get to their place. Default: as in the store's `scan:`.", examples=["hardlink"]),
    ] = None
    on_conflict: Annotated[
        OnConflict | None,
        Field(description="What happens if another file has that place. Default: as in the store's `scan:`.", examples=["skip"]),
    ] = None
    accept: Annotated[
        Literal["certain", "likely"],
        Field(
            description="`likely` lets doubtful facts decide too. A rule with `leave` does so unless it says `certain`.",
            examples=["likely"],
        ),
    ] = "certain"

    content_type: Annotated[
        str,
        Field(
            description="The `[content_type]` for the `naming_convention` of the project that these files "
            "go into. The convention then names files that would keep their own name.",
            examples=["drone"],
            pattern=r"^[A-Za-z0-9_-]{0,40}$",
        ),
    ] = ""

    @model_validator(mode="after")
    def _one_deed(self) -> "Rule":
        given = [name for name in DEEDS if getattr(self, name) not in (None, False)]
        if len(given) != 1:
            raise PartError(several_deeds(given), *given[-1:])
        return self


class Scan(Model):
    """How one store is scanned, and the rules for what is in it: the first rule that matches decides."""

    like: Annotated[
        str | None,
        Field(
            description="Another store in `scan:`. This one is scanned like it: with its rules and all its settings, except for "
            "those given here.",
            examples=["inbox"],
        ),
    ] = None
    exclude: Annotated[list[GlobText], Field(description="Names and paths to ignore.", examples=[["*.part", ".DS_Store"]])] = []
    settle: Annotated[Age, Field(description="Files modified more recently than this are left alone.", examples=["5m"])] = "0s"
    on_conflict: Annotated[
        OnConflict,
        Field(
            description="What happens if another file has the place: `fail`, `keep-both` (the new file gets a number; for the same "
            "film, the name of another version), `skip` or `replace` (the other one goes to the trash).",
            examples=["skip"],
        ),
    ] = "keep-both"
    on_duplicate: Annotated[
        OnDuplicate,
        Field(
            description="What happens to a file whose content the target store already has, under another name than it would get: "
            "`leave` (it stays, and the scan says where the same content is), `trash` (it goes to the trash if it would have been "
            "moved) or `file` (it is filed a second time, and nothing is compared). With `leave` and `trash`, a new file that is a "
            "copy of another new one by name (`a (1).jpg`, `a copy.jpg`) and by content is left for review too.",
            examples=["file"],
        ),
    ] = "leave"
    transfer: Annotated[
        Transfer, Field(description="How files get to their place. All but `move` leave the source where it is.", examples=["copy"])
    ] = "move"
    tidy: Annotated[bool, Field(description="Remove folders that a plan empties.")] = False
    tidy_junk: Annotated[
        list[GlobText] | Literal["system"],
        Field(
            description="Files that do not keep a folder in place, and go to the trash with it. A glob matches files; one "
            "that ends in `/` matches folders, with everything "
            "in them; a name without wildcards matches both. `system`: what operating systems leave in folders (`.DS_Store`, "
            "`Thumbs.db`, `@eaDir`, …).",
            examples=[[".DS_Store", "Thumbs.db"]],
        ),
    ] = []
    rules: Annotated[
        list[Rule],
        Field(description="The rules, in order; the first that matches decides.", examples=[[{"name": "rest", "review": True}]]),
    ] = []
    sidecars: Annotated[
        bool | Literal["no-pictures"],
        Field(
            description="Whether subtitles, artwork and the like travel with their main file. `no-pictures`: all but "
            "pictures next to "
            "a video, which are filed separately."
        ),
    ] = True
    junk: Annotated[
        Junk,
        Field(
            description="What happens to the other files of a release (`RARBG.txt`, `proof.jpg`, `screens/`, samples) "
            "once its film or music is filed: they travel with it, go to the trash, or stay.",
            examples=["trash"],
        ),
    ] = "travel"
    rename: Annotated[
        bool,
        Field(
            description="Whether files may be renamed. `false`: each keeps its name, whatever the "
            "places say; if that name is taken, `keep-both` leaves the file for review.",
            examples=[False],
        ),
    ] = True


def alike(scans: Mapping[str, Scan]) -> dict[str, Scan]:
    """Return scans in which those that are like another one have its rules and settings. Raises PartError."""
    found: dict[str, Scan] = {}
    for store, scan in scans.items():
        if scan.like is None:
            found[store] = scan
            continue
        example = scans.get(scan.like)
        if store == scan.like:
            raise PartError("a store is not scanned like itself", store, "like")
        if example is None:
            raise PartError(f"`scan:` has no {scan.like!r}", store, "like")
        if example.like is not None:
            raise PartError(f"{scan.like!r} is like {example.like} itself", store, "like")
        found[store] = example.model_copy(update={name: getattr(scan, name) for name in scan.model_fields_set})
    return found
