"""Importing: a `.video-tools.env`, with its SSD and its buckets, becomes a workspace. No secret in it is ever copied."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.sync_settings import user_fault

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*\Z")
_QUOTED = re.compile(r"(['\"])(.*?)\1\s*(?:#.*)?\Z")
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_DAYS = re.compile(r"[1-9][0-9]{0,4}\Z")

SECRETS = frozenset(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
LOCAL_DAYS, SSD_DAYS, S3_DAYS, KEPT = 90, 180, 365, 10
"""What the workspace says where the file says nothing: days until a project leaves a tier, and how many stay local at most."""


@dataclass(slots=True, frozen=True)
class Imported:
    """The text of a workspace, that of this machine's own overlay ("" for none), and what has to be said of how they were made.

    `mine` is what the file says of this machine alone: of each store its `path` or `profile`.
    """

    text: str
    local: str = ""
    notes: list[Problem] = field(default_factory=list)
    mine: dict[str, dict[str, str]] = field(default_factory=dict)
    user: str = ""


def from_env(text: str, file: str, repo: str) -> Imported:
    """Return the workspace that an environment file of the video tools comes to.

    `file` is what notes call it, `repo` the name of the folder that holds the projects: shared files have it in their keys.
    """
    given, notes = read_env(text, file)
    bucket = given.pop("S3_ARCHIVE_BUCKET", "") or given.get("S3_BUCKET", "")
    given.pop("S3_BUCKET", None)
    archive_prefix, prefix = given.pop("S3_ARCHIVE_PREFIX", ""), given.pop("S3_PREFIX", "")
    where = {"region": given.pop("AWS_REGION", "") or given.pop("AWS_DEFAULT_REGION", "")}
    profile = given.pop("AWS_PROFILE", "")
    given.pop("AWS_DEFAULT_REGION", None)
    ssd = _VARIABLE.sub(r"${\1}", given.pop("SSD_BASE", ""))
    collab = (given.pop("S3_COLLAB_BUCKET", ""), given.pop("S3_COLLAB_PREFIX", ""))
    user = given.pop("S3_SYNC_USER", "")
    days = {name: _days(given.pop(name, ""), default, file, name, notes) for name, default in _RETENTION.items()}
    notes += _of_others(given, file)
    mine: dict[str, dict[str, str]] = {"ssd": {"path": ssd}} if ssd else {}
    mine |= {name: {"profile": profile} for name, has in (("s3", bucket), ("collab", collab[0])) if has and profile}
    if not collab[0]:
        where["profile"] = profile  # nobody else works by this workspace
    stores = ["  local: {path: .}"]
    if ssd:
        stores.append(f"  ssd: {_flow({'path': ssd})[:-1]}, optional: true}}")
    if bucket:
        stores.append(f"  s3: {_flow({'s3': bucket, 'prefix': archive_prefix or prefix, **where})}")
    if collab[0]:
        stores.append(f"  collab: {_flow({'s3': collab[0], 'prefix': collab[1], **where})}")
    lines = [f"# Made from {file}.", "version: 1", "stores:", *stores]
    if collab[0]:
        lines += _sync(repo)
        notes += _of_sync(user, file)
    elif user:
        given["S3_SYNC_USER"] = user
    user = user if collab[0] and not user_fault(user) else ""
    own = {name: keys for name, keys in mine.items() if "profile" in keys} if collab[0] else {}
    if ssd or bucket:
        lines += _tiers(ssd=bool(ssd), s3=bool(bucket), days=days)
    else:
        detail = "Neither SSD_BASE nor S3_BUCKET is set, so there is nowhere to bring projects to."
        notes.append(
            Problem("env-no-tiers", "No tiers were made.", detail, file, "add stores and `tiers:` by hand", severity="warning")
        )
    text = "\n".join(lines) + "\n"
    return Imported(text, local_text(file, own, user), sorted(notes, key=Problem.order), mine, user)


def local_text(file: str, stores: Mapping[str, Mapping[str, str]], user: str) -> str:
    """Return the text of this machine's own file: the keys of stores that differ here, and who this is; "" where it has neither."""
    if not stores and not user:
        return ""
    lines = [f"# Made from {file}: this machine's own, and in no repository.", "version: 1"]
    if stores:
        lines += ["stores:", *(f"  {name}: {_flow(dict(keys))}" for name, keys in stores.items())]
    if user:
        lines.append(f"sync: {{staging: {{user: {user}}}}}")
    return "\n".join(lines) + "\n"


def differing(mine: Mapping[str, Mapping[str, str]], known: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return what the file says of stores that a workspace has (`known`: as written), as far as that says something else."""
    found = {
        name: {key: value for key, value in keys.items() if known[name].get(key) != value}
        for name, keys in mine.items()
        if isinstance(known.get(name), dict)
    }
    return {name: keys for name, keys in found.items() if keys}


_RETENTION = {"SSD_RETENTION_DAYS": SSD_DAYS, "S3_RETENTION_DAYS": S3_DAYS}


def read_env(text: str, file: str) -> tuple[dict[str, str], list[Problem]]:
    """Return the values of an environment file, and a problem for every line that is none. The last of a name counts."""
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            detail = f"Line {number} is not written NAME=VALUE."
            problems.append(Problem("env-line", "A line was not understood.", detail, f"{file}:{number}", severity="warning"))
            continue
        name, value = match.groups()
        quoted = _QUOTED.match(value)
        values[name] = quoted.group(2) if quoted else re.sub(r"(?:^|\s+)#.*\Z", "", value)
    return {name: value for name, value in values.items() if value}, problems


def _of_others(given: dict[str, str], file: str) -> Iterator[Problem]:
    """Yield what is to be said of the names that did not become part of the workspace. Values are never told."""
    secret = sorted(given.keys() & SECRETS)
    if secret:
        detail = f"{', '.join(secret)}: secrets stay out of documents. Credentials come from the usual AWS chain."
        hint = "put them into ~/.aws/credentials as a profile, name it with `profile:`, and remove them from the file"
        yield Problem("env-secret", "Credentials were not copied.", detail, file, hint, severity="warning")
    if "GLACIER_VAULT" in given:
        detail = "GLACIER_VAULT names a vault of the older Glacier service, which reshelve does not use."
        hint = "archives go to the bucket in class DEEP_ARCHIVE; what is in the vault stays there"
        yield Problem("env-obsolete", "A setting is obsolete.", detail, file, hint, severity="warning")
    if "S3_SYNC_USER" in given:
        detail = "S3_SYNC_USER is set, and S3_COLLAB_BUCKET is not: nothing is shared."
        yield Problem("env-user", "A setting has no use.", detail, file, severity="note")
    rest = sorted(given.keys() - SECRETS - {"GLACIER_VAULT", "S3_SYNC_USER"})
    if rest:
        yield Problem("env-unknown", "Settings were left out.", f"Nothing is known of {', '.join(rest)}.", file, severity="note")


def _days(text: str, default: int, file: str, name: str, notes: list[Problem]) -> int:
    if not text or _DAYS.match(text):
        return int(text or default)
    detail = f"{name} is not a number of days; {default} takes its place."
    notes.append(Problem("env-days", "A setting was not understood.", detail, file, severity="warning"))
    return default


def _tiers(*, ssd: bool, s3: bool, days: dict[str, int]) -> Iterator[str]:
    """Yield the lines of `tiers:`."""
    yield from ("tiers:", "  projects:", "    order:", '      local: {at: "local:{project}"}')
    yield '      light: {at: "local:archived/{range}/{project}", form: light}'
    if ssd:
        yield '      ssd: {at: "ssd:{project}"}'
    if s3:
        yield '      s3: {at: "s3:{range}/{project}", form: tar.gz, class: STANDARD}'
        yield '      deep: {at: "s3:{range}/{project}", form: tar.gz, class: DEEP_ARCHIVE}'
    whole = "ssd" if ssd else "s3"
    yield from ("    moves:", f"      - {{from: local, to: [{whole}, light], after: {LOCAL_DAYS}d}}")
    yield f"      # So that no more than {KEPT} stay local, however young the others are:"
    yield f"      # - {{from: local, to: [{whole}, light], keep: {KEPT}}}"
    if ssd and s3:
        yield f"      - {{from: ssd, to: [s3], after: {days['SSD_RETENTION_DAYS']}d}}"
    if s3:
        yield f"      - {{from: s3, to: [deep], after: {days['S3_RETENTION_DAYS']}d}}"
    if ssd:
        yield "      - {from: ssd, to: [ssd, light]}    # light files come back"


def _sync(repo: str) -> Iterator[str]:
    """Yield the lines of `sync:`: the folder `s3-staging` of each project, below the repository's name in the bucket."""
    from json import dumps

    folder = repo.replace("{", "").replace("}", "") or "projects"
    yield from ("sync:", "  staging:", '    here: "local:{project}/s3-staging"')
    yield f"    there: {dumps(f'collab:{folder}/{{project}}', ensure_ascii=False)}"
    yield "    expire: 90d    # the bucket itself removes what is there for longer, once `reshelve plan` was applied"


def _of_sync(user: str, file: str) -> Iterator[Problem]:
    """Yield what is to be said of who this is, and of what belongs in no repository."""
    if not user or user_fault(user):
        why = "S3_SYNC_USER is not set" if not user else f"S3_SYNC_USER is none: a name is made of {user_fault(user)}"
        detail = f"{why}. Others have to see who shared what."
        hint = "reshelve.local.yaml: sync: {staging: {user: YOUR-NAME}}"
        yield Problem("env-user", "Your user name is not set.", detail, file, hint, severity="warning")
    detail = "Keys and your own settings stay out of git. The plan of the next `reshelve sync` adds them to .gitignore."
    hint = "before that: printf '%s\\n' .video-tools.env reshelve.local.yaml >> .gitignore"
    yield Problem("env-git", "Some things belong in no repository.", detail, file, hint, severity="note")


def _flow(values: dict[str, str]) -> str:
    from json import dumps

    return "{" + ", ".join(f"{key}: {dumps(value, ensure_ascii=False)}" for key, value in values.items() if value) + "}"
