"""The page about events: every line that `--json` may print."""

from collections.abc import Mapping

from reshelve.reference.markdown_tables import code, table

EVENTS: Mapping[str, str] = {
    "version": "The first line: the `version` of this format, and of the program, `reshelve`.",
    "summary": "The last line, even after a failure: `exit`, the exit code, and figures for the command.",
    "problem": "A problem: `code`, `summary`, `detail`, `path`, `hint`, `where`, `severity`; empty keys are left out.",
    "entry": "A scan filed a file: `target`, `from`, `because`, `facts`.",
    "review": "A file that a scan or `review` left to you: `from`, `because`, `facts`, `suggestion`.",
    "left-alone": "A scan left a whole folder alone: `folder`, `what` it is; or a file: `file`, and `why`, as in `counts`.",
    "looking": "How many `files` a command has seen so far, after every 10,000.",
    "scanned": "The result of `organize`'s scan, in figures: what it filed, what it left, and why. "
    "In `counts`, `files` is the sum of the others, except `to_tiers`: what tiers move.",
    "kept": "A scan kept something that you changed, or an entry whose file was filed and is gone: `what`.",
    "cut-short": "A run that `recover` is about to settle: `done` of its `operations` (or up to `at_most`), and what it "
    "`will` do: `rollback`, `finish`, `keep`, `accept`, or `record` the end that it had.",
    "followed": "An entry whose file was moved by hand got the target that it has `now`, in place of `target` (`scan --follow`).",
    "left-layout": "A scan took an entry out of the layout: `what` (its target or path), its `section`, `because`, your `note`, "
    "and whether it was `done` before.",
    "asking": "A scan is about to ask a model: how many files and tokens, the cost, and the `host`.",
    "suggestions-off": "A scan does not ask the model: `why`, `hint`.",
    "restore-suggested": "An archived project that seems to be in use: its `signs`, `bytes`, `cost`, and `command` to restore.",
    "lookups-off": "A scan does not ask the databases of films and shows: `why`, `hint`.",
    "operation": "An operation of a plan: its `index`, `undoable`, and the keys that [documents](documents.md) lists.",
    "blocked": "An entry that a plan leaves out: `target`, `source`, `code`, `detail`, `hint`.",
    "held": "An entry that was undone, or whose file a run put away, and that is not planned: `target`.",
    "waiting": "An entry that waits for a thaw: `target`, `source`, `tier`, `asked`, `ready`.",
    "space": "Space that a plan needs: `fs`, `root`, `needs`, `files`.",
    "cost": "What the buckets cost now, or how a plan changes that.",
    "scenario": "One scenario of `cost --scenario`.",
    "comparison": "One storage class of `cost --compare`.",
    "run-started": "A run begins: `run`, `operations`, `copy_bytes`.",
    "progress": "The progress of a run: `done` operations, `copied_bytes`.",
    "operation-failed": "An operation failed: `index`, `problem`.",
    "rolling-back": "A run is being rolled back: `remaining` operations.",
    "result": "The result of one operation of a run: its `index`, `result`, `bytes`, its file's facts, and why it failed.",
    "report": "A run has ended: every key of report.json, see [documents](documents.md).",
    "run": "A run, as listed by `log`, with its `workspace` if that is elsewhere; for `log prune`, a run that is forgotten.",
    "kept-run": "A run that `log prune` keeps although it is old enough: `run`, `why`.",
    "drift": "A difference between layout and stores, found by `check`: its line (`where`), a `hint` if no plan sees to it.",
    "violation": "An entry that violates a policy, found by `check`: its `policy`, its line (`where`).",
    "watching": "`watch` begins, or watches differently: `workspace`, `stores` with `root`, `how` (events, polling, away), `why`.",
    "looked": "`watch` looked at everything (`whole`) or at changes: `counts`, `review`, its `run`, whether `more` waits.",
    "job": "A job, as listed by `schedule show`: `name`, `when`, `command`, `zone`, `missed`, and when it is due `next`.",
    "job-ended": "A job that was due: `name`, `at`, `result` (ran, skipped), its `exit` code, and the `log` of its output.",
    "recovered": "`watch` settled a `run` that was cut short: its `outcome`.",
    "added": "`diff`: an entry only in the second layout.",
    "removed": "`diff`: an entry only in the first layout.",
    "moved": "`diff`: an entry with another target.",
    "edited": "`diff`: an entry that differs.",
    "status": "What `status` shows.",
    "folder": "What is in a folder, as shown by `status PATH`: `files`, `bytes`, `kinds`, `largest`, `oldest`, `left_alone`, "
    "how many `runs` its log has, …",
    "item": "What `observe` saw: `place`, `kind`, `size`, `mtime_ns`.",
    "unreadable": "A folder that `observe` could not read: `place`, `why`.",
    "finding": "One line of `doctor`; anything wrong is also a `problem`.",
    "explanation": "What `explain` says about one file: its facts, each with its source, the rules that were tried, how it was "
    "`filed`.",
    "project": "A project, as listed by `manifest`.",
    "tier": "A tier's total, as shown by `manifest`.",
    "sync-project": "A project, as shown by `sync` and `sync status`: its `state`, both sides, what is the `same`, `differences`, "
    "`last_by`, `last`.",
    "link": "An address where anybody can read a shared file, made by `sync link`: `address`, `seconds`.",
    "archived": "An archived project, as shown by `restore --status`: its `tier`, `class`, `thawed` and `ready` (about when).",
    "health": "The report of `health`: `overall_status`, `checks`, `errors`, `warnings`, `recommendations`.",
    "duplicates": "Files with the same content: `hash`, `size`, which one `stays`, why (`because`), which `goes`, hard `links`.",
    "alike": "Pictures that look alike: `pictures`, the largest first, each with how many bits of its look differ from it.",
    "not-looked-at": "A picture that could not be looked at: `location`.",
    "stays": "A file that stays, as a duplicate that belongs to others, or in a source that is emptied: `location`, `because`.",
    "cleanup": "What `cleanup` found: old `files`, their `bytes`, how many it `looked` at, how many old ones are `kept`.",
    "backup": 'A new backup: what it is `of`, `kind`, `archive`, `since` which, its `files`, how many were `deleted`; "" if none.',
    "archive": "A backup in `backup list` or `backup verify`: its `state`, `why`, when it was `taken`, why it is `kept`.",
    "trashed": "A file in the trash, as listed by `trash list`.",
    "month": "A report by `report monthly`: its `cost`, `before`, `levels`, `projects`, `archived` and `failed` runs.",
    "notice": "A waiting notice, as listed by `notify queue`: its `id`, `receiver`, `run`, `text`, `tries`, when `due`, `why`.",
    "wanted": "Something that a workspace wants from this machine, as shown by `trust`.",
    "consent": "Something that this user consented to, as shown by `trust`.",
    "taken-back": "A consent that `trust` revoked.",
    "asset": "A file in the catalog: its `location`, `id`, both hashes, `kind`, `tags`, and everything else known about it. "
    "`metadata` and `facts` are objects.",
    "asset-notes": "What `assets.yaml` says about an asset, as shown by `assets show`.",
    "asset-link": "How an asset relates (`as`) to another (`of`), or another (`by`) to it.",
    "asset-noted": "An asset about which something was written to `assets.yaml`: its `id` and `sha256`.",
    "history": "What an operation of a run did: `when`, `who`, `run`, `command`, `verb`, `was`, `now`, `size`; with its "
    "`workspace`, or the `source` and `dest` of an organize, if it is another's. A move by hand has no `run`.",
    "written": "A file was written, by `init` or `assets export`: its `path`.",
    "formatted": "A document that `fmt` changed: its `path`.",
    "schema": "The JSON Schema of a document, printed by `schema`: `name`, `schema`.",
    "policy": "The permissions that `s3 policy` prints: `policy`, in the provider's own form.",
    "page": "A documentation page, from `help`: `topic`, and its `text`, or in the list its `title` and `group`.",
    "decided": "`review`: a saved answer about `from`, or a file that goes with it: the `target`, or null if left for good.",
    "undecided": "`review`: the answer about `from` was taken back, and it is undecided again.",
    "rule-added": "`review`: a rule was made from answers: its `name`, and the `path` of the document.",
    "answers": "A model's remembered answers, as shown by `cache`.",
}
"""Each type of event, and what it says."""


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    return {"events": table(("type", "what it says"), [(code(name), text) for name, text in EVENTS.items()])}
