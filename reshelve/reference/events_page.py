"""The page about events: every line that `--json` may print."""

from collections.abc import Mapping

from reshelve.reference.markdown_tables import code, table

EVENTS: Mapping[str, str] = {
    "version": "The first line: `version` of this format, and `reshelve`, the program's.",
    "summary": "The last line, after a failure too: `exit`, the exit code, and figures of the command.",
    "problem": "A problem: `code`, `summary`, `detail`, `path`, `hint`, `where`, `severity`; what is empty is left out.",
    "entry": "A scan filed a file: `target`, `from`, `because`, `facts`.",
    "review": "A scan left a file to you: `from`, `because`, `facts`, `suggestion`.",
    "left-alone": "A scan left a folder alone as a whole: `folder`, `what` it is.",
    "looking": "A scan or a plan has seen so many `files` by now, told each 10,000.",
    "scanned": "What the scan of `organize` came to, in figures: what it filed, left, and why.",
    "kept": "A scan kept something as you left it: `what`.",
    "asking": "A scan is about to ask a model: how many files and tokens, what that costs, and `host`.",
    "suggestions-off": "A scan does not ask the model: `why`, `hint`.",
    "operation": "An operation of a plan: its `index`, `undoable`, and the keys that [documents](documents.md) lists.",
    "blocked": "An entry that a plan leaves out: `target`, `source`, `code`, `detail`, `hint`.",
    "held": "An entry that was undone, and is not planned again: `target`.",
    "waiting": "An entry that waits for a thaw: `target`, `source`, `tier`, `asked`, `ready`.",
    "space": "Room that a plan needs: `fs`, `root`, `needs`, `files`.",
    "cost": "What a plan, or what is there now, does to the bill of buckets.",
    "scenario": "One scenario of `cost --scenario`.",
    "comparison": "One storage class of `cost --compare`.",
    "run-started": "A run begins: `run`, `operations`, `copy_bytes`.",
    "progress": "How far a run is: `done` operations, `copied_bytes`.",
    "operation-failed": "An operation failed: `index`, `problem`.",
    "rolling-back": "A run is taken back: `remaining` operations.",
    "result": "What became of one operation of a run: its `index`, `result`, `bytes`, the facts of its file, and why it failed.",
    "report": "A run has ended: every key of report.json, see [documents](documents.md).",
    "run": "A run, as `log` lists it; of `log prune`, one that goes.",
    "kept-run": "A run that `log prune` keeps though it is old enough: `run`, `why`.",
    "drift": "A difference between layout and stores, as `check` finds it.",
    "violation": "An entry that violates a policy, as `check` finds it.",
    "added": "`diff`: an entry of the second layout alone.",
    "removed": "`diff`: an entry of the first layout alone.",
    "moved": "`diff`: an entry with another target.",
    "edited": "`diff`: an entry that differs.",
    "status": "What `status` shows.",
    "folder": "What a folder holds, as `status PATH` has it: `files`, `bytes`, `kinds`, `largest`, `oldest`, `left_alone`, …",
    "item": "What `observe` saw: `place`, `kind`, `size`, `mtime_ns`.",
    "unreadable": "A folder that `observe` could not read: `place`, `why`.",
    "finding": "One line of `doctor`; what is not well is a `problem` too.",
    "explanation": "What `explain` says of one file: its facts, each with its source, and the rules that were tried.",
    "project": "A project, as `manifest` lists it.",
    "tier": "A tier's total, as `manifest` has it.",
    "sync-project": "A project, as `sync` and `sync status` have it: its `state`, both sides, `differences`, `last_by`, `last`.",
    "link": "An address at which anybody can read a shared file, as `sync link` makes it: `address`, `seconds`.",
    "archived": "An archived project, as `restore --status` has it: its `class`, and `thawed`.",
    "health": "The report of `health`: `overall_status`, `checks`, `errors`, `warnings`, `recommendations`.",
    "duplicates": "A set of files of one content: `hash`, `size`, what `stays` and `because` of what, what `goes`, hard `links`.",
    "stays": "A duplicate that stays after all, because of what it belongs to: `location`, `because`.",
    "cleanup": "What `cleanup` found: old `files`, their `bytes`, how many it `looked` at, how many old ones are `kept`.",
    "backup": 'What `backup` made: `of` whom, `kind`, `archive`, `since` which, its `files`, how many were `deleted`; "" if none.',
    "archive": "A backup, as `backup list` and `backup verify` have it: its `state`, `why`, what it was `taken` and is `kept` for.",
    "trashed": "A file in the trash, as `trash list` has it.",
    "wanted": "What a workspace wants of this machine, as `trust` has it.",
    "consent": "What this user consented to, as `trust` has it.",
    "taken-back": "A consent that `trust` took back.",
    "asset": "A file of the catalog: its `location`, `id`, both hashes, `kind`, `tags`, and whatever else is known of it.",
    "asset-notes": "What `assets.yaml` says of an asset, as `assets show` has it.",
    "asset-link": "What an asset is (`as`) `of` another, or another (`by`) is of it.",
    "asset-noted": "An asset of which something was noted in `assets.yaml`: its `id` and `sha256`.",
    "history": "What an operation of a run did: `when`, `who`, `run`, `command`, `verb`, `was`, `now`, `size`.",
    "answers": "Answers of a model that are remembered, as `cache` has it.",
}
"""Each type of event, and what it says."""


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    return {"events": table(("type", "what it says"), [(code(name), text) for name, text in EVENTS.items()])}
