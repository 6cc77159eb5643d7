"""The workspace: `reshelve.yaml`, where stores, rules, templates, projects, guards and policies are declared."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.after_settings import After
from reshelve.schemas.backup_settings import Backups, Zone
from reshelve.schemas.conditions import EVERYTHING, Condition, Plain
from reshelve.schemas.layout import OnConflict, Transfer
from reshelve.schemas.notify_settings import Notify
from reshelve.schemas.patterns import GlobText
from reshelve.schemas.schedule_settings import Job, JobName, TrashSettings
from reshelve.schemas.store_settings import LocalStore, Model, Name, PartError, Store, checked
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.sync_settings import LocalSync, Sync
from reshelve.schemas.tier_settings import Tiers
from reshelve.schemas.watch_settings import Watch

_LIKE_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Age = Annotated[str, checked(quantities.age), Field(title="age", description="an age: 5m, 12h, 30d")]
Budget = Annotated[str, checked(quantities.budget), Field(title="amount a month", description="money a month: 5 USD/month")]
Share = Annotated[
    str, checked(quantities.share), Field(title="count or share", description="a count of files, or a share: 250, 10%")
]
SetName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Extension = Annotated[str, StringConstraints(pattern=r"^\.?[^\s./\\]{1,11}$")]
Junk = Literal["travel", "trash", "leave"]
OnDuplicate = Literal["leave", "trash", "file"]
SetValue = Plain | None


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
        Literal["certain", "likely"], Field(description="`likely` lets doubtful facts decide too.", examples=["likely"])
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
        given = [name for name in ("place", "absent", "leave", "review") if getattr(self, name) not in (None, False)]
        if len(given) != 1:
            told = f"; this one has {' and '.join(f'`{name}`' for name in given)}" if given else "; this one has none"
            one_of = "a rule has exactly one of `place`, `absent: true`, `leave: true` and `review: true`"
            raise PartError(f"{one_of}{told}", *given[-1:])
        return self


class Scan(Model):
    """How one store is scanned, and the rules for what is in it: the first rule that matches decides."""

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


class FileTemplate(Model):
    """One generated file of a template: `text`, or `json` (any value, its texts being templates too)."""

    text: Annotated[str | None, Field(description="The file's text.", examples=["Notes on {{ project.name }}\n"])] = None
    json_: Any = Field(
        default=None,
        alias="json",
        description="The file's content as any value, written as JSON.",
        examples=[{"name": "{{ project.name }}"}],
    )

    @model_validator(mode="after")
    def _one_form(self) -> "FileTemplate":
        if (self.text is None) == (self.json_ is None):
            raise ValueError("a file of a template has either `text` or `json`")
        return self


DirTree = list[Any] | dict[str, Any]
"""Folders, in any of three forms: a list of paths (or of nested maps), or a map from a name to its subtree (empty: a leaf)."""


class Template(Model):
    """A project's folders and generated files. Names and texts are Jinja2 templates over `project` and `vars`."""

    dirs: Annotated[
        DirTree,
        Field(
            description="The folders: a list of paths, a list with nested maps, or a map from a name to its subtree.",
            examples=[["footage", "export"]],
        ),
    ] = []
    files: Annotated[
        dict[str, FileTemplate],
        Field(
            description="Files to write, by their path in the project.", examples=[{"notes.txt": {"text": "{{ project.name }}\n"}}]
        ),
    ] = {}
    vars: Annotated[
        dict[str, Any],
        Field(description="Values for names and texts, as `vars.NAME`; a project may override them.", examples=[{"fps": 25}]),
    ] = {}
    description: Annotated[str, Field(description="What the template is for.", examples=["A music video"])] = ""

    @field_validator("dirs", "files")
    @classmethod
    def _inside(cls, tree: Any) -> Any:
        for path in _paths(tree):
            if path.startswith("/") or any(part.strip() in (".", "..") for part in re.split(r"[/\\\\]", path)):
                raise ValueError(f"{path[:80]!r} leads out of the project: paths start at its folder, and have no `.` or `..`")
        return tree


def _paths(tree: Any) -> Iterator[str]:
    """Yield every name and path of a tree of folders, or of files by their paths."""
    if isinstance(tree, list):
        for each in tree:
            yield from _paths(each)
    elif isinstance(tree, dict):
        for name, below in tree.items():
            yield str(name)
            yield from _paths(below)
    elif isinstance(tree, str):
        yield tree


def _day(text: str | None) -> None:
    """Refuse what is written like a day and is none. Other words are taken as they are. Raises ValueError."""
    if text is not None and _LIKE_A_DAY.fullmatch(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a day that there is") from None


class Project(Model):
    """One project created from a template, in the location `in`."""

    name: Annotated[
        str,
        Field(description="The project's name, and that of its folder unless `vars.folder` gives one.", examples=["Acme Spring"]),
    ]
    template: Annotated[str, Field(description="The template it is created from.", examples=["documentary"])] = "standard_video"
    in_: str = Field(
        alias="in",
        description="The location that the project's folder is in; it may hold values, as in `projects:{{ client }}`.",
        examples=["projects:2026"],
    )
    client: Annotated[
        str | None, Field(description="The client it is for: `project.client` in the template.", examples=["Acme"])
    ] = None
    created: Annotated[
        str | None,
        checked(_day),
        Field(description="The day it began: `project.created` in the template.", examples=["2026-03-01"]),
    ] = None
    vars: Annotated[dict[str, Any], Field(description="Values that override the template's own.", examples=[{"fps": 50}])] = {}


class HealthLimits(Model):
    """Limits for `reshelve health`: how large a project may be, how much free space a disk should have."""

    warn_size: Annotated[str, checked(quantities.size), Field(description="A larger project is a warning.", examples=["200GB"])] = (
        "50GiB"
    )
    error_size: Annotated[str, checked(quantities.size), Field(description="A larger project is an error.", examples=["500GB"])] = (
        "100GiB"
    )
    room: Annotated[
        Share, Field(description="The share of a disk, or the number of bytes, that should be free.", examples=["5%"])
    ] = "2%"

    @model_validator(mode="after")
    def _in_order(self) -> "HealthLimits":
        if quantities.size(self.warn_size) > quantities.size(self.error_size):
            raise PartError("`warn_size` is not larger than `error_size`, or it would never warn", "warn_size")
        return self


class Guards(Model):
    """Limits that a plan must stay within."""

    max_delete: Annotated[
        Share | None,
        Field(
            description="How many files may be trashed or replaced: a count, or a share of that store's files.", examples=["10%"]
        ),
    ] = None
    max_cost: Annotated[
        Budget | None,
        Field(
            description="The most that all buckets may cost per month after a plan that increases their cost.",
            examples=["5 USD/month"],
        ),
    ] = None
    preserve: Annotated[
        Literal["strict"] | None,
        Field(
            description="`strict` blocks moves that would lose a file's mode, owner or extended attributes, "
            "and copies within a service that would lose an object's lock or grants.",
            examples=["strict"],
        ),
    ] = None


class CostTerms(Model):
    """How cost is calculated."""

    prices: Annotated[
        str | None,
        Field(description="Your own price list, relative to the workspace. Default: the shipped one.", examples=["prices.yaml"]),
    ] = None
    free_tier: Annotated[bool, Field(description="Whether to take the service's free tier into account.")] = False
    warn: Annotated[
        list[Budget],
        Field(
            description="What all buckets may cost per month before `reshelve report monthly` warns: one level, or several.",
            examples=[["5 USD/month", "10 USD/month", "20 USD/month"]],
        ),
    ] = []


class Policy(Model):
    """A condition on layout entries: wherever `when` holds, `require` must hold too."""

    name: Annotated[str, Field(description="The policy's name, as shown by `check`.", examples=["no-cam"])]
    when: Annotated[Condition, Field(description="The files it applies to. Default: all.", examples=[{"kind": "movie"}])] = (
        EVERYTHING
    )
    require: Annotated[Condition, Field(description="The condition they must meet.", examples=[{"quality": {"known": True}}])]
    level: Annotated[
        Literal["error", "warning"], Field(description="Whether a violation is an error or a warning.", examples=["warning"])
    ] = "error"
    message: Annotated[
        str | None, Field(description="What `check` says about a violation.", examples=["Films need a quality in their name."])
    ] = None


class Media(Model):
    """Extensions, with or without their dot, for each kind of file, in addition to the built-in ones."""

    video: Annotated[list[Extension], Field(description="Extensions of videos.", examples=[["strm"]])] = []
    audio: Annotated[list[Extension], Field(description="Extensions of audio files.", examples=[["tak"]])] = []
    image: Annotated[list[Extension], Field(description="Extensions of pictures.", examples=[["qoi"]])] = []
    subtitle: Annotated[list[Extension], Field(description="Extensions of subtitles.", examples=[["srv3"]])] = []
    document: Annotated[list[Extension], Field(description="Extensions of documents.", examples=[["typ"]])] = []

    @model_validator(mode="after")
    def _one_kind_each(self) -> "Media":
        listed = [ext.lower().removeprefix(".") for exts in self.extensions.values() for ext in exts]
        if twice := sorted({ext for ext in listed if listed.count(ext) > 1}):
            raise ValueError(f"an extension is listed once, under one kind: {', '.join(twice)}")
        return self

    @property
    def extensions(self) -> dict[str, list[str]]:
        """The extensions by the kind of file they stand for."""
        return {"video": self.video, "audio": self.audio, "image": self.image, "subtitle": self.subtitle, "document": self.document}


class Workspace(Model):
    """The whole of `reshelve.yaml`."""

    version: Annotated[Literal[1], Field(description="The version of this format.", examples=[1])] = 1
    stores: Annotated[dict[Name, Store], Field(description="Where files are, by name.", examples=[{"library": {"path": "Media"}}])]
    set_: dict[SetName, SetValue] = Field(
        default={},
        alias="set",
        description="The values that `--set` may set for rules and places, each with its default; empty for none.",
        examples=[{"project": "New"}],
    )
    media: Annotated[Media, Field(description="Extensions in addition to the built-in ones.", examples=[{"video": ["strm"]}])] = (
        Media()
    )
    scan: Annotated[
        dict[Name, Scan], Field(description="How each store is scanned, by the store's name.", examples=[{"inbox": {"tidy": True}}])
    ] = {}
    templates: Annotated[
        dict[Name, Template], Field(description="Project templates, by name.", examples=[{"clip": {"dirs": ["raw"]}}])
    ] = {}
    templates_dir: Annotated[
        str | None, Field(description="A folder with one project template per file.", examples=["templates"])
    ] = None
    projects: Annotated[
        list[Project], Field(description="The projects that should exist.", examples=[[{"name": "Acme", "in": "work:"}]])
    ] = []
    suggest: Annotated[
        Suggest | None,
        Field(description="The language model to ask about files that no rule decides.", examples=[{"provider": "gemini"}]),
    ] = None
    health: Annotated[
        HealthLimits,
        Field(description="Limits beyond which `reshelve health` reports a finding.", examples=[{"warn_size": "200GB"}]),
    ] = HealthLimits()
    guards: Annotated[Guards, Field(description="Limits that a plan must stay within.", examples=[{"max_delete": "10%"}])] = (
        Guards()
    )
    policies: Annotated[
        list[Policy],
        Field(
            description="Conditions that every entry of the layout must meet.",
            examples=[[{"name": "named", "require": {"title": {"known": True}}}]],
        ),
    ] = []
    tiers: Annotated[dict[Name, Tiers], Field(description="Groups of projects that move from tier to tier, by name.")] = {}
    sync: Annotated[
        dict[Name, Sync],
        Field(
            description="Project folders that people share through a bucket, by name.",
            examples=[{"staging": {"here": "work:{project}/s3-staging", "there": "collab:{project}"}}],
        ),
    ] = {}
    backups: Annotated[
        dict[Name, Backups],
        Field(
            description="What is regularly packed into archives, by name.",
            examples=[{"work": {"of": "work:{project}", "keep": {"daily": {"keep_daily": 7}}}}],
        ),
    ] = {}
    watch: Annotated[Watch, Field(description="How `reshelve watch` files new arrivals.", examples=[{"settle": "30s"}])] = Watch()
    schedule: Annotated[
        dict[JobName, Job],
        Field(
            description="Commands that run automatically, by name.",
            examples=[{"backups": {"when": "hourly", "command": "backup due --yes"}}],
        ),
    ] = {}
    trash: Annotated[
        TrashSettings | None,
        Field(
            description="Empties the trash by age: a job named `trash`, beside those of `schedule`.",
            examples=[{"older_than": "30d"}],
        ),
    ] = None
    notify: Annotated[
        dict[Name, Notify],
        Field(
            description="Who is notified of how runs ended, by name.",
            examples=[{"ops": {"kind": "slack", "url_env": "SLACK_WEBHOOK"}}],
        ),
    ] = {}
    after: Annotated[
        dict[Name, After],
        Field(
            description="Players and programs that are told of the folders a run changed, by name.",
            examples=[{"films": {"kind": "jellyfin", "url": "http://nas.local:8096", "token_env": "JELLYFIN_KEY"}}],
        ),
    ] = {}
    zone: Annotated[
        Zone | None,
        Field(description="The time zone of days and hours. Default: this machine's.", examples=["Europe/Berlin"]),
    ] = None
    cost: Annotated[CostTerms, Field(description="How cost is calculated.", examples=[{"free_tier": True}])] = CostTerms()

    @property
    def jobs(self) -> dict[str, Job]:
        """The jobs of `schedule`, and the one that empties the trash; a job of that name takes its place."""
        return {**({"trash": self.trash.job} if self.trash is not None else {}), **self.schedule}

    @property
    def defaults(self) -> dict[str, SetValue]:
        """What `set:` gives to rules and places where nobody says otherwise."""
        return {name: value for name, value in self.set_.items() if value is not None}


class LocalOverlay(Model):
    """`reshelve.local.yaml`: this machine's own keys of stores and syncs, laid over the workspace's, and its own `suggest:`."""

    version: Annotated[Literal[1], Field(description="The version of this format.", examples=[1])] = 1
    stores: Annotated[
        dict[Name, LocalStore],
        Field(
            description="Of each store in `reshelve.yaml`, the keys that differ here; other stores are added.",
            examples=[{"library": {"path": "/Volumes/Media"}, "archive": {"profile": "jan"}}],
        ),
    ] = {}
    suggest: Annotated[
        Suggest | None, Field(description="The language model, in place of the workspace's.", examples=[{"provider": "gemini"}])
    ] = None
    sync: Annotated[
        dict[Name, LocalSync],
        Field(description="Of each `sync` of the workspace, the keys that differ here.", examples=[{"staging": {"user": "jan"}}]),
    ] = {}
