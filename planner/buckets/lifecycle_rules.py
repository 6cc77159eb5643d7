"""Lifecycle rules: what a store declares, held against what its bucket has, as operations that bring the one to the other."""

import hashlib
import json
import re
from collections.abc import Container, Iterator, Mapping
from typing import Any, Protocol, cast
from urllib.parse import quote

from reshelve.planner.ports.store_reader import Reader, Readers
from reshelve.schemas import quantities
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import store_of
from reshelve.schemas.operations import Configure
from reshelve.schemas.problems import Problem
from reshelve.schemas.store_settings import Lifecycle, LifecycleRule, Store

PREFIX = "reshelve-"
"""How the id of every rule of ours begins: `reshelve-STORE-NAME`, `reshelve-STORE-NAME@PREFIX` of a store with a prefix.

Hyphens in STORE are doubled, and NAME does not begin with one: so no two stores have one id. Any other rule is somebody else's.
"""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST_NAME, _LONGEST_ID = 64, 255


class DocumentReader(Protocol):
    """What a bucket's reader can tell beyond what every reader can."""

    def read_document(self, what: str) -> str:
        """Return the bucket's lifecycle rules as JSON, "" where it has none. Raises OSError."""


def configurations(
    declared: Mapping[str, Store], readers: Readers, first: int = 0, undone: Container[str] = (), held: list[str] | None = None
) -> tuple[list[Configure], list[Problem]]:
    """Return the operations that bring buckets to the rules their stores declare, and what stands in their way.

    `first` is the number in the plan that the first of them will have. Of stores whose change was `undone` (locations of their
    tops) nothing is planned: `held` is told.
    Rules that mean the same are left as they are, however they are written. Several stores of one bucket build on each other.
    """
    operations: list[Configure] = []
    problems: list[Problem] = []
    documents: dict[str, str] = {}
    last: dict[str, int] = {}
    for store, lifecycle in [(name, declared[name].lifecycle) for name in sorted(declared)]:
        if lifecycle is None:
            continue
        for reader in [reader for key, reader in sorted(readers.items()) if store_of(key) == store and reader.root.available]:
            bucket, prefix = reader.root.fs, key_prefix(reader.root)
            try:
                before = documents[bucket] if bucket in documents else _read(reader)
            except OSError as trouble:
                problems.append(_unread(reader, trouble))
                continue
            if before is None:
                problems.append(_unread(reader, OSError(0, "a saved inventory does not hold them")))
                continue
            after = wanted(store, lifecycle, prefix, before)
            if after != before and f"{store}:" in undone:
                if held is not None:
                    held.append(f"{store}:")
                continue
            documents[bucket] = after
            if after != before:
                needs = (last[bucket],) if bucket in last else ()
                last[bucket] = first + len(operations)
                because = f"lifecycle of {store}: {', '.join(changes(before, after))}"
                operations.append(Configure(reader.root.key, "lifecycle", before, after, because, needs))
    return operations, problems


def key_prefix(root: Root) -> str:
    """Return what every key of a bucket root begins with: its prefix with a closing slash, "" where it has none."""
    prefix = root.path.removeprefix("s3://").partition("/")[2].strip("/")
    return f"{prefix}/" if prefix else ""


def wanted(store: str, lifecycle: Lifecycle, prefix: str, before: str) -> str:
    """Return the document a bucket should have, as canonical JSON ("" for none); `before` itself where that means the same."""
    standing = _rules(before)
    declared = [aws_rule(rule_id(store, rule.name, prefix), rule, prefix) for rule in lifecycle.rules]
    before_ids = _earlier(store, lifecycle, declared, standing)
    kept = [rule for rule in standing if not _is_of(store, prefix, rule) and rule.get("ID") not in before_ids]
    if lifecycle.only:
        kept = [rule for rule in kept if str(rule.get("ID", "")).startswith(PREFIX)]
    rules = [*kept, *declared]
    if _meaning(rules) == _meaning(standing):
        return before
    return canonical({"Rules": sorted(rules, key=lambda rule: str(rule.get("ID", "")))}) if rules else ""


def rule_id(store: str, name: str, prefix: str) -> str:
    """Return the id of a store's rule. It tells stores of one bucket apart, also those of other workspaces."""
    begins, at = _around_name(store, prefix)
    return f"{begins}{name}{at}"


def _around_name(store: str, prefix: str) -> tuple[str, str]:
    begins, at = f"{PREFIX}{store.replace('-', '--')}-", f"@{quote(prefix)}" if prefix else ""
    if len(begins) + _LONGEST_NAME + len(at) > _LONGEST_ID:
        at = f"@{hashlib.sha256(prefix.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return begins, at


def _is_of(store: str, prefix: str, rule: dict[str, Any]) -> bool:
    """Say whether a rule is one that this store's declaration made."""
    told, (begins, at) = str(rule.get("ID", "")), _around_name(store, prefix)
    return told.startswith(begins) and told.endswith(at) and bool(_NAME.fullmatch(told[len(begins) : len(told) - len(at)]))


def _earlier(store: str, lifecycle: Lifecycle, declared: list[dict[str, Any]], standing: list[dict[str, Any]]) -> set[str]:
    """Return the ids that declared rules had before prefixes were told in them: while they do the same, and stand alone."""
    there = {str(rule.get("ID", "")): rule for rule in standing}
    found = set()
    for rule, made in zip(lifecycle.rules, declared, strict=True):
        told = f"{PREFIX}{store}-{rule.name}"
        if told in there and made["ID"] not in there and _meaning([{**there[told], "ID": made["ID"]}]) == _meaning([made]):
            found.add(told)
    return found


def aws_rule(rule_id: str, rule: LifecycleRule, prefix: str) -> dict[str, Any]:
    """Return one rule as the service has it. `prefix` is that of the store."""
    at = prefix + rule.prefix
    made: dict[str, Any] = {"ID": rule_id, "Status": "Enabled", "Filter": {"Prefix": at}}
    if rule.over is not None:
        made["Filter"] = {"And": {"Prefix": at, "ObjectSizeGreaterThan": quantities.size(rule.over)}}
    moves = sorted((quantities.days(after), name) for name, after in rule.move.items())
    if moves:
        made["Transitions"] = [{"Days": number, "StorageClass": name} for number, name in moves]
    if rule.expire is not None:
        made["Expiration"] = {"Days": quantities.days(rule.expire)}
    if rule.expire_versions is not None:
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": quantities.days(rule.expire_versions)}
    if rule.abort_uploads is not None:
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": quantities.days(rule.abort_uploads)}
    return made


def changes(old: str, new: str) -> Iterator[str]:
    """Yield what differs between two documents, a phrase a rule: "+ reshelve-s3-deep", "- old", "~ changed"."""
    was = {str(rule.get("ID", "")): rule for rule in _rules(old)}
    will = {str(rule.get("ID", "")): rule for rule in _rules(new)}
    for name in sorted(was.keys() | will.keys()):
        if name not in was:
            yield f"+ {name} ({_told(will[name])})"
        elif name not in will:
            yield f"- {name} ({_told(was[name])})"
        elif _meaning([was[name]]) != _meaning([will[name]]):
            before, after = _told(was[name]), _told(will[name])
            if (covered := _covers(was[name])) != (covers := _covers(will[name])):
                before, after = f"{before}, {covered}", f"{after}, {covers}"
            yield f"~ {name} ({before} becomes {after})"


def canonical(document: Any) -> str:
    """Return a document as canonical JSON: sorted keys, no spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _read(reader: Reader) -> str | None:
    if not hasattr(reader, "read_document"):
        return None
    return cast("DocumentReader", reader).read_document("lifecycle")


def _rules(document: str) -> list[dict[str, Any]]:
    return list(json.loads(document).get("Rules", [])) if document else []


def _meaning(rules: list[dict[str, Any]]) -> list[str]:
    """Return rules so that those that mean the same are equal: services write filters and empty parts in several ways."""
    return sorted(canonical(_plain_rule(rule)) for rule in rules)


def _plain_rule(rule: dict[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in rule.items() if value not in (None, [], {}) or key == "Filter"}
    filtered = dict(plain.pop("Filter", None) or {})
    both = dict(filtered.pop("And", None) or {})
    conditions = {**filtered, **both}
    conditions["Prefix"] = conditions.get("Prefix") or plain.pop("Prefix", "") or ""
    plain.pop("Prefix", None)
    tag = conditions.pop("Tag", None)
    tags = [*(conditions.pop("Tags", None) or []), *([tag] if tag else [])]
    if tags:
        conditions["Tags"] = sorted(tags, key=canonical)
    plain["Filter"] = conditions
    for key in ("Transitions", "NoncurrentVersionTransitions"):
        if key in plain:
            plain[key] = sorted(plain[key], key=canonical)
    return plain


def _told(rule: dict[str, Any]) -> str:
    """Return what a rule does, in words."""
    parts = [f"{each.get('StorageClass')} after {each.get('Days')} d" for each in rule.get("Transitions") or ()]
    days = (
        ("expires after", rule.get("Expiration") or {}, "Days"),
        ("versions expire after", rule.get("NoncurrentVersionExpiration") or {}, "NoncurrentDays"),
        ("uploads given up after", rule.get("AbortIncompleteMultipartUpload") or {}, "DaysAfterInitiation"),
    )
    parts += [f"{words} {told[key]} d" for words, told, key in days if key in told]
    smallest = _plain_rule(rule)["Filter"].get("ObjectSizeGreaterThan")
    if smallest:
        parts.append(f"objects over {quantities.human_size(int(smallest))}")
    if rule.get("Status") == "Disabled":
        parts.append("disabled")
    return ", ".join(parts) or "nothing we know of"


def _covers(rule: dict[str, Any]) -> str:
    """Return what a rule applies to, in words."""
    prefix = _plain_rule(rule)["Filter"]["Prefix"]
    return f"below {prefix}" if prefix else "in the whole bucket"


def _unread(reader: Reader, trouble: OSError) -> Problem:
    detail = f"{trouble.strerror or trouble}. Its lifecycle rules stay as they are."
    hint = "plan with the bucket at hand, and with the right to read its lifecycle rules: reshelve s3 policy"
    summary = "The lifecycle rules of a bucket cannot be read."
    return Problem("lifecycle-unread", summary, detail, reader.root.key, hint, severity="warning")
