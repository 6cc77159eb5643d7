"""The commands of the command line that are routes of their own: each with its words, and the values that become its arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import field, make_dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from reshelve.schemas.documents.json_schemas import NAMES
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.models import Age, RunPrefix, Share, Word, Words
from reshelve.service.routes import Method

Jobs = Annotated[int, Field(ge=0, le=64)]
Number = Annotated[int, Field(ge=0, le=10**15)]
Keep = Annotated[int, Field(ge=1, le=10**6)]
Size = Annotated[str, Field(pattern=r"^(\d{1,12}(\.\d{1,3})? ?[A-Za-z]{0,3})?$")]
OnError = Literal["", "rollback", "stop", "continue"]
Name = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00-\x1f\x7f]*$")]
Names = Annotated[list[Name], Field(min_length=1, max_length=1000)]
SchemaName = Annotated[str, Field(pattern=f"^({'|'.join(NAMES)})$")]
_NEEDED = (Keep, Name, Names, SchemaName)


@dataclass(slots=True, frozen=True)
class Command:
    """A command as a route. `words` are those of the command line, with what is always said.

    `takes` are the values by name: those in `given` stand on the line by themselves, in that order, the others are options of the
    same name. `renamed` are options that are spelt otherwise. `also` are exit codes that are an answer too. `form` says whether it
    prints events, or one JSON value.
    """

    words: tuple[str, ...]
    method: Method
    path: str
    summary: str
    takes: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    also: tuple[int, ...] = ()
    form: Literal["events", "json"] = "events"
    tag: str = "looks"

    @property
    def name(self) -> str:
        """The command, as a person calls it."""
        return " ".join(word for word in self.words if word.isalnum())

    @property
    def asks(self) -> type[Any]:
        """The model of its request; what has no empty value must be given."""
        parts = [part.capitalize() for part in self.path.strip("/").replace("/", "-").split("-")]
        required = [(name, kind) for name, kind in self.takes.items() if kind in _NEEDED]
        others = [(name, kind, _empty(kind)) for name, kind in self.takes.items() if kind not in _NEEDED]
        made = make_dataclass(
            f"{'' if self.method == 'GET' else 'Do'}{''.join(parts)}",
            [*required, *others],
            frozen=True,
            namespace={"__pydantic_config__": ConfigDict(extra="forbid"), "__doc__": f"The values for `reshelve {self.name}`."},
        )
        made.__module__ = __name__
        return made


def arguments(command: Command, asked: Any) -> list[str]:
    """Return the arguments of a command line. A value is never taken for an option: it follows `=`, or `--`."""
    options: list[str] = []
    words: list[str] = []
    for name in command.takes:
        value = getattr(asked, name)
        texts = value if isinstance(value, list) else [] if value in (False, "", 0) else [value]
        if name in command.given:
            words += texts
            continue
        option = command.renamed.get(name, f"--{name.replace('_', '-')}")
        options += [option if text is True else f"{option}={text}" for text in texts]
    printed = [] if command.form == "json" or "--format=json" in command.words else ["--json"]
    return [*command.words, *printed, *options, "--", *words] if words else [*command.words, *printed, *options]


def _empty(kind: Any) -> Any:
    if kind is bool:
        return False
    if kind in (Number, Jobs):
        return 0
    return field(default_factory=list) if kind is Words else ""


_RUN: Mapping[str, Any] = {"on_error": OnError, "jobs": Jobs}
_NOTED = "Record in assets.yaml "

COMMANDS: Sequence[Command] = (
    Command(("observe",), "GET", "/inventory", "List every item of the stores.", tag="stores"),
    Command(("doctor",), "GET", "/doctor", "Find problems that would keep reshelve from working.", also=(1,)),
    Command(
        ("health", "--no-save"),
        "GET",
        "/health/report",
        "Check what is in the stores.",
        {"project": Word, "only": Words, "skip": Words, "scrub": Size},
        ("project",),
        also=(1,),
    ),
    Command(
        ("check", "--format=json"),
        "GET",
        "/check",
        "Check documents, policies and drift.",
        {"offline": bool},
        also=(1,),
        tag="documents",
    ),
    Command(("validate", "reshelve.yaml"), "GET", "/validate", "Check the workspace's own document.", also=(1,), tag="documents"),
    Command(
        ("schema",),
        "GET",
        "/schema",
        "Show the JSON Schema of a document.",
        {"name": SchemaName},
        ("name",),
        form="json",
        tag="documents",
    ),
    Command(("explain",), "GET", "/explain", "Explain what a scan makes of files, and why.", {"files": Names}, ("files",)),
    Command(("parse",), "GET", "/parse", "Read facts from names.", {"names": Names, "where": bool}, ("names",)),
    Command(
        ("scan",),
        "POST",
        "/scan",
        "Scan the stores, and write the layout.",
        {"only": Words, "prune": bool, "suggest": bool, "lookup": bool},
        tag="documents",
    ),
    Command(("manifest",), "GET", "/manifest", "List every project in every tier.", tag="tiers"),
    Command(
        ("cost",),
        "GET",
        "/cost",
        "Show the cost of buckets.",
        {"scenario": Words, "compare": bool, "gb": Number, "objects": Number, "free_tier": bool},
        tag="tiers",
    ),
    Command(
        ("s3", "policy"),
        "GET",
        "/s3/policy",
        "Show the permissions that reshelve needs in buckets.",
        {"names": Words, "read_only": bool},
        ("names",),
        form="json",
        tag="tiers",
    ),
    Command(
        ("new", "--yes"),
        "POST",
        "/projects",
        "Create a project from a template.",
        {"name": Name, "template": Word, "client": Word, "set": Words},
        ("name",),
        tag="acts",
    ),
    Command(
        ("archive", "--yes"),
        "POST",
        "/archive",
        "Archive projects now.",
        {"names": Names, "to": Word, "replace": bool, "keep": bool, "jobs": Jobs},
        ("names",),
        tag="acts",
    ),
    Command(
        ("restore", "--yes"),
        "POST",
        "/restore",
        "Restore projects, or request their thaw.",
        {"names": Names, "to": Word, "source": Word, "jobs": Jobs},
        ("names",),
        {"source": "--from"},
        tag="acts",
    ),
    Command(
        ("restore", "--suggest"),
        "GET",
        "/restore/suggestions",
        "Show archived projects that seem to be in use.",
        {"names": Words, "since": Word},
        ("names",),
        tag="tiers",
    ),
    Command(("restore", "--status"), "GET", "/restore", "Show what is being thawed.", {"names": Words}, ("names",), tag="tiers"),
    Command(
        ("backup", "now", "--yes"),
        "POST",
        "/backups",
        "Back up projects.",
        {"names": Words, "kind": Word, "max_delete": Share},
        ("names",),
        also=(1,),
        tag="acts",
    ),
    Command(
        ("backup", "due", "--yes"),
        "POST",
        "/backups/due",
        "Make the backups that are due.",
        {"names": Words, "max_delete": Share},
        ("names",),
        also=(1,),
        tag="acts",
    ),
    Command(("backup", "list"), "GET", "/backups", "List the archives.", {"names": Words}, ("names",), tag="backups"),
    Command(
        ("backup", "verify"),
        "POST",
        "/backups/verify",
        "Verify archives by reading them.",
        {"names": Words},
        ("names",),
        also=(1,),
        tag="backups",
    ),
    Command(
        ("backup", "restore", "--yes"),
        "POST",
        "/backups/restore",
        "Restore a backup into a new folder.",
        {"name": Name, "at": Word, "to": Word},
        ("name",),
        tag="acts",
    ),
    Command(
        ("sync", "both", "--yes"),
        "POST",
        "/sync",
        "Sync projects both ways.",
        {"projects": Words, "dry_run": bool, "delete": bool, "again": bool, **_RUN},
        ("projects",),
        tag="acts",
    ),
    Command(
        ("sync", "up", "--yes"),
        "POST",
        "/sync/up",
        "Send what is here to the bucket.",
        {"projects": Words, "dry_run": bool, "delete": bool, "again": bool, **_RUN},
        ("projects",),
        tag="acts",
    ),
    Command(
        ("sync", "down", "--yes"),
        "POST",
        "/sync/down",
        "Bring what is in the bucket here.",
        {"projects": Words, "dry_run": bool, "again": bool, **_RUN},
        ("projects",),
        tag="acts",
    ),
    Command(
        ("sync", "status"),
        "GET",
        "/sync",
        "Show both sides of projects.",
        {"projects": Words, "all": bool},
        ("projects",),
        also=(1,),
        tag="sync",
    ),
    Command(
        ("sync", "clean", "--yes"),
        "POST",
        "/sync/clean",
        "Remove a finished project's shared files from the bucket.",
        {"projects": Names, "dry_run": bool, "only_copy": bool},
        ("projects",),
        tag="acts",
    ),
    Command(
        ("sync", "link"),
        "POST",
        "/sync/link",
        "Make an address where anybody can read a shared file.",
        {"file": Name, "expires": Age},
        ("file",),
        tag="sync",
    ),
    Command(
        ("recover",),
        "POST",
        "/recover",
        "Settle runs that were cut short.",
        {"run": RunPrefix, "rollback": bool, "finish": bool, "accept": bool},
        ("run",),
        tag="runs",
    ),
    Command(
        ("log", "prune", "--yes"),
        "POST",
        "/runs/prune",
        "Forget old runs.",
        {"keep": Keep, "older_than": Age, "also_undoable": bool},
        tag="runs",
    ),
    Command(
        ("release",), "POST", "/release", "Allow undone entries to be planned again.", {"run": RunPrefix}, ("run",), tag="runs"
    ),
    Command(
        ("assets",),
        "GET",
        "/assets",
        "List files of the catalog.",
        {"project": Word, "job": Word, "tag": Word, "type": Word, "status": Word},
        tag="catalog",
    ),
    Command(
        ("assets", "show"), "GET", "/assets/show", "Show what is known about a file.", {"named": Name}, ("named",), tag="catalog"
    ),
    Command(
        ("assets", "register"),
        "POST",
        "/assets/register",
        f"{_NOTED}that files matter.",
        {"files": Names, "tag": Words, "note": Word, "meta": Words, "status": Word},
        ("files",),
        renamed={"note": "--note"},
        tag="catalog",
    ),
    Command(
        ("assets", "tag"),
        "POST",
        "/assets/tag",
        f"{_NOTED}the tags of files.",
        {"files": Names, "add": Words, "remove": Words},
        ("files",),
        tag="catalog",
    ),
    Command(
        ("assets", "note"),
        "POST",
        "/assets/note",
        f"{_NOTED}what people say about files.",
        {"files": Names, "text": Word, "meta": Words, "status": Word},
        ("files",),
        tag="catalog",
    ),
    Command(
        ("assets", "use"),
        "POST",
        "/assets/use",
        f"{_NOTED}where files are used.",
        {"files": Names, "project": Name, "sequence": Word, "date": Word},
        ("files",),
        tag="catalog",
    ),
    Command(
        ("assets", "link"),
        "POST",
        "/assets/link",
        f"{_NOTED}what a file was made from.",
        {"file": Name, "of": Name, "as_": Word},
        ("file", "of"),
        {"as_": "--as"},
        tag="catalog",
    ),
    Command(
        ("assets", "export", "--format=file_metadata"), "GET", "/assets/export", "Export the catalog.", form="json", tag="catalog"
    ),
    Command(("history",), "GET", "/history", "Show the history of a file.", {"path": Name}, ("path",), tag="catalog"),
    Command(("stats",), "GET", "/stats", "Count files and bytes by type, project and job.", {"project": Word}, tag="catalog"),
    Command(
        ("catalog", "update"),
        "POST",
        "/catalog/update",
        "Bring the catalog up to date.",
        {"hash": bool, "max_time": Age},
        tag="catalog",
    ),
    Command(("catalog", "rebuild"), "POST", "/catalog/rebuild", "Rebuild the catalog.", {"hash": bool}, tag="catalog"),
    Command(("cache", "stats"), "GET", "/cache", "Show what is remembered.", tag="catalog"),
    Command(("cache", "clear"), "POST", "/cache/clear", "Forget what is remembered.", {"answers": bool, "by": Word}, tag="catalog"),
    Command(
        ("duplicates",),
        "GET",
        "/duplicates",
        "Find files with the same content.",
        {"within": Words, "keep": Words, "exclude": Words, "min_size": Size},
        ("within",),
        also=(1,),
        tag="stores",
    ),
    Command(("trash", "list"), "GET", "/trash", "List the trash.", tag="stores"),
)
"""Every command that is a route of its own. Plans and runs have theirs in `handlers`."""

PLANNED: Mapping[str, str] = {
    "undo": "undo",
    "redo": "redo",
    "cleanup": "cleanup",
    "trash restore": "trash restore",
    "trash empty": "trash empty",
}
"""Commands that are kinds of plans: made at /plans, and applied."""

LEFT_OUT: Mapping[str, str] = {
    "init": "It makes the workspace that is served.",
    "organize": "It works without a workspace.",
    "report monthly": "It keeps a report, and sends it, on the machine itself.",
    "dashboard": "It writes a file of what the pages show.",
    "fmt": "It formats documents, for editors.",
    "diff": "It compares two files.",
    "trust": "Consent is given on the machine itself.",
    "notify test": "Notices are looked after on the machine itself.",
    "notify send": "Notices are sent by the machine itself.",
    "notify queue": "Notices are looked after on the machine itself.",
    "notify drop": "Notices are looked after on the machine itself.",
    "cache import": "It reads a file of the machine.",
    "schedule show": "It prints what cron and systemd need, on the machine itself.",
    "schedule due": "cron or systemd call it, on the machine itself.",
    "schedule run": "It does not end.",
    "serve": "It is the service.",
    "watch": "It runs until it is ended, in a process of its own.",
    "completion": "It is for a shell.",
    "help": "It prints these pages.",
}
"""Commands that are no routes, and why."""
