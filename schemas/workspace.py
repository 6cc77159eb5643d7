"""The workspace: `reshelve.yaml`, where stores, rules, templates, projects, guards and policies are declared."""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StringConstraints, model_validator

from reshelve.schemas import quantities
from reshelve.schemas.conditions import EVERYTHING, Condition
from reshelve.schemas.layout import OnConflict, Transfer
from reshelve.schemas.patterns import GlobText
from reshelve.schemas.store_settings import Model, Name, Store, checked
from reshelve.schemas.suggest_settings import Suggest
from reshelve.schemas.tier_settings import Tiers

Age = Annotated[str, checked(quantities.age), Field(description="an age: 5m, 12h, 30d")]
Budget = Annotated[str, checked(quantities.budget), Field(description="money a month: 5 USD/month")]
Share = Annotated[str, checked(quantities.share), Field(description="a count of files, or a share: 250, 10%")]
SetName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
SetValue = StrictBool | int | float | str | None


class Rule(Model):
    """When a condition holds, one thing is done: `place` (a location template), `absent: true`, `leave: true` or `review: true`."""

    name: str
    when: Condition = EVERYTHING
    place: str | None = None
    absent: bool = False
    leave: bool = False
    review: bool = False
    transfer: Transfer | None = None
    on_conflict: OnConflict | None = None
    accept: Literal["certain", "likely"] = "certain"

    @model_validator(mode="after")
    def _one_deed(self) -> "Rule":
        if [self.place is not None, self.absent, self.leave, self.review].count(True) != 1:
            raise ValueError("a rule has exactly one of `place`, `absent: true`, `leave: true` and `review: true`")
        return self


class Scan(Model):
    """How one store is scanned, and the rules for what is in it: the first rule that matches decides.

    `junk`: what becomes of what a release comes with besides (`RARBG.txt`, `proof.jpg`, `screens/`, samples), once its film or
    music is filed: it travels along, goes to the trash, or stays.
    """

    exclude: list[GlobText] = []
    settle: Age = "0s"
    on_conflict: OnConflict = "keep-both"
    transfer: Transfer = "move"
    tidy: bool = False
    tidy_junk: list[GlobText] = []
    rules: list[Rule] = []
    sidecars: bool = True
    junk: Literal["travel", "trash", "leave"] = "travel"


class FileTemplate(Model):
    """One generated file of a template: `text`, or `json` (any value, its texts being templates too)."""

    text: str | None = None
    json_: Any = Field(default=None, alias="json")

    @model_validator(mode="after")
    def _one_form(self) -> "FileTemplate":
        if (self.text is None) == (self.json_ is None):
            raise ValueError("a file of a template has either `text` or `json`")
        return self


DirTree = list[Any] | dict[str, Any]
"""Folders, in any of three forms: a list of paths (or of nested maps), or a map from a name to its subtree (empty: a leaf)."""


class Template(Model):
    """A project's folders and generated files. Names and texts are Jinja2 templates over `project` and `vars`."""

    dirs: DirTree = []
    files: dict[str, FileTemplate] = {}
    vars: dict[str, Any] = {}
    description: str = ""


class Project(Model):
    """One project laid out by a template, below the location `in`."""

    name: str
    template: str = "standard_video"
    in_: str = Field(alias="in")
    client: str | None = None
    created: str | None = None
    vars: dict[str, Any] = {}


class Guards(Model):
    """Limits a plan may not pass unasked.

    `max_delete`: trashed or replaced files, a count or a share of that store's observed files. `max_cost`: what all buckets may
    cost a month after a plan that makes them dearer. `preserve`: whether a file may go where its mode, owner or extended attributes
    cannot.
    """

    max_delete: Share | None = None
    max_cost: Budget | None = None
    preserve: Literal["strict"] | None = None


class CostTerms(Model):
    """How cost is reckoned: by the price list in the file `prices`, or by the shipped one; with or without the free tier."""

    prices: str | None = None
    free_tier: bool = False


class Policy(Model):
    """What every layout entry must keep: where `when` holds, `require` holds too."""

    name: str
    when: Condition = EVERYTHING
    require: Condition
    level: Literal["error", "warning"] = "error"
    message: str | None = None


class Workspace(Model):
    """The whole of `reshelve.yaml`.

    `set:` declares the values that `--set` may give to rules and places, each with its default; empty where it has none.
    """

    version: Literal[1] = 1
    stores: dict[Name, Store]
    set_: dict[SetName, SetValue] = Field(default={}, alias="set")
    scan: dict[Name, Scan] = {}
    templates: dict[Name, Template] = {}
    templates_dir: str | None = None
    projects: list[Project] = []
    suggest: Suggest | None = None
    guards: Guards = Guards()
    policies: list[Policy] = []
    tiers: dict[Name, Tiers] = {}
    cost: CostTerms = CostTerms()


class LocalOverlay(Model):
    """`reshelve.local.yaml`: this machine's own stores, laid over the workspace's, and its own `suggest:` in place of that."""

    version: Literal[1] = 1
    stores: dict[Name, Store] = {}
    suggest: Suggest | None = None
