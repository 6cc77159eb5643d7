"""The workspace: `reshelve.yaml`, where stores, rules, templates, projects, guards and policies are declared."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.after_settings import After
from reshelve.schemas.backup_settings import Backups, Zone
from reshelve.schemas.client_settings import Client
from reshelve.schemas.conditions import EVERYTHING, Condition, Plain
from reshelve.schemas.hook_settings import Hooks
from reshelve.schemas.log_settings import Log
from reshelve.schemas.lookup_settings import Lookup
from reshelve.schemas.notify_settings import Notify
from reshelve.schemas.project_settings import Project, Template
from reshelve.schemas.scan_settings import Scan, alike
from reshelve.schemas.schedule_settings import Job, JobName, TrashSettings
from reshelve.schemas.store_settings import LocalStore, Model, Name, PartError, Store, checked
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.sync_settings import LocalSync, Sync
from reshelve.schemas.tier_settings import Tiers
from reshelve.schemas.watch_settings import Watch

Budget = Annotated[str, checked(quantities.budget), Field(title="amount a month", description="money a month: 5 USD/month")]
Share = Annotated[
    str, checked(quantities.share), Field(title="count or share", description="a count of files, or a share: 250, 10%")
]
SetName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Extension = Annotated[str, StringConstraints(pattern=r"^\.?[^\s./\\]{1,11}$")]
SetValue = Plain | None


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
            description="The most that all buckets may cost per month after a plan, of any command, that increases their cost.",
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
            description="What all buckets may cost per month before `cost`, reports and plans warn: one level, or several, in the "
            "currency of the price list.",
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
        str | None,
        Field(
            description="What `check` says about a violation, in plain words: nothing in it is replaced.",
            examples=["Films need a quality in their name."],
        ),
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
        Media.model_construct()
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
    lookup: Annotated[
        Lookup | None,
        Field(description="The databases of films and shows to ask what names leave in doubt.", examples=[{"providers": ["tmdb"]}]),
    ] = None
    health: Annotated[
        HealthLimits,
        Field(description="Limits beyond which `reshelve health` reports a finding.", examples=[{"warn_size": "200GB"}]),
    ] = HealthLimits.model_construct()
    guards: Annotated[Guards, Field(description="Limits that a plan must stay within.", examples=[{"max_delete": "10%"}])] = (
        Guards.model_construct()
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
    watch: Annotated[Watch, Field(description="How `reshelve watch` files new arrivals.", examples=[{"settle": "30s"}])] = (
        Watch.model_construct()
    )
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
    clients: Annotated[
        dict[Name, Client],
        Field(
            description="Download clients that are asked what is complete, by name.",
            examples=[{"torrents": {"kind": "qbittorrent", "url": "http://127.0.0.1:8080"}}],
        ),
    ] = {}
    hooks: Annotated[
        Hooks,
        Field(
            description="What the service makes of the webhooks of Sonarr and Radarr.", examples=[{"map": {"/srv/media": "/data"}}]
        ),
    ] = Hooks.model_construct()
    log: Annotated[
        Log | None,
        Field(
            description="A log of what commands, runs and requests did, as JSON; `{}` for the defaults. Without it, there is none.",
            examples=[{"level": "warning"}],
        ),
    ] = None
    zone: Annotated[
        Zone | None,
        Field(description="The time zone of days and hours. Default: this machine's.", examples=["Europe/Berlin"]),
    ] = None
    cost: Annotated[CostTerms, Field(description="How cost is calculated.", examples=[{"free_tier": True}])] = (
        CostTerms.model_construct()
    )

    @field_validator("scan")
    @classmethod
    def _alike(cls, scans: dict[str, Scan]) -> dict[str, Scan]:
        return alike(scans)

    def sharing(self, store: str) -> tuple[str, ...]:
        """Return the scanned stores that have their rules from the same list as a scanned store, which comes first."""
        example = self.scan[store].like or store
        alike = (name for name, scan in self.scan.items() if name == example or scan.like == example)
        rules = self.scan[store].rules
        return (store, *(name for name in alike if name != store and self.scan[name].rules is rules))

    @property
    def jobs(self) -> dict[str, Job]:
        """The jobs of `schedule`, and the one that empties the trash; a job of that name takes its place."""
        return {**({"trash": self.trash.job} if self.trash is not None else {}), **self.schedule}

    @property
    def defaults(self) -> dict[str, SetValue]:
        """What `set:` gives to rules and places where nobody says otherwise."""
        return {name: value for name, value in self.set_.items() if value is not None}


class LocalOverlay(Model):
    """`reshelve.local.yaml`: keys of stores and syncs, laid over the workspace's; this machine's `suggest:`, `lookup:`, `log:`."""

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
    lookup: Annotated[
        Lookup | None, Field(description="The databases, in place of the workspace's.", examples=[{"providers": ["tmdb"]}])
    ] = None
    sync: Annotated[
        dict[Name, LocalSync],
        Field(description="Of each `sync` of the workspace, the keys that differ here.", examples=[{"staging": {"user": "jan"}}]),
    ] = {}
    log: Annotated[
        Log | None,
        Field(description="The log, in place of the workspace's.", examples=[{"file": "/var/log/media.ndjson"}]),
    ] = None
