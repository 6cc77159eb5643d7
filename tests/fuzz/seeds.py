"""What fuzzing starts from: real documents of every kind, and tokens that bite."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from reshelve.executors.state.lock_holders import this_process
from reshelve.executors.state.run_journal import encode
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.documents.inventory_files import inventory_lines
from reshelve.schemas.documents.plan_files import plan_bytes, seal
from reshelve.schemas.inventory import Inventory, Item, Listing, Root
from reshelve.schemas.journal_records import Began, Done, Failed, Folders, Intended, Left, MadeFiles, Settled
from reshelve.schemas.operations import MakeDir, Move
from reshelve.schemas.plan import Plan, PlanRoot

LAYOUT = b"""version: 1
dirs: ["tv:Show"]
files:
  "tv:Show/Season 01/a.mkv":
    from: "inbox:a.mkv"
    size: 17
    facts: {kind: episode, show: No, season: 1, episodes: [1]}
    mark: 3f9a1c2e
  "tv:Show/note.txt": {content: "text"}
absent:
  - {path: "inbox:old.mp4", size: 1048576, mtime: 2026-09-01T10:00:00Z, because: "old"}
review:
  - {from: "inbox:xyz.bin", because: "no rule matched"}
leave: ["inbox:keep.iso"]
"""

WORKSPACE = b"""version: 1
stores:
  inbox: {path: ~/Downloads}
  tv: {paths: {nas: /mnt/a, attic: /mnt/b}, reserve: 1GB}
scan:
  inbox:
    exclude: ["*.part"]
    settle: 5m
    rules:
      - name: episodes
        when: {kind: episode, year: {known: true}}
        place: "tv:{{ show }}/Season {{ '%02d' % season }}/{{ filename }}"
guards: {max_delete: 10%}
policies:
  - {name: p, when: {kind: movie}, require: {year: {known: true}}, level: error}
"""


def _plan() -> bytes:
    operations = [MakeDir("tv:Show"), Move("inbox:a.mkv", "tv:Show/a.mkv", 17, 10**18, 5, needs=(0,))]
    return plan_bytes(seal(Plan(roots={"tv": PlanRoot("/tv", "ext4:1")}, operations=list(operations))))


def _inventory() -> bytes:
    root = Root("inbox", "/in", "ext4:1")
    items = [Item("a.mkv", "file", 17, 10**18, 10**18, 5, 1, 0o644, "ext4:1")]
    return b"".join(inventory_lines(Inventory(10**18, {"inbox": Listing(root, items)})))


def _journal() -> bytes:
    at = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    began = Began("0123456789ab", "0" * 64, "apply", "", "rollback", at, "me", "host", "b", 1)
    rest = [
        Folders([("inbox:", 5)]), Intended(2), MadeFiles([(0, 1, 2, 3, "xxh3:0")]), Failed(1, "x", "d", "p"), Done(2, [1]),
        Left([]), Settled("done", "2026", [(0, 1)]),
    ]  # fmt: skip
    return b"".join(map(encode, [began, *rest]))


REPORT = (
    b'{"run": "0123456789ab", "plan": "", "command": "apply", "outcome": "done", "on_error": "rollback", "started": "2026",'
    b' "ended": "2026", "seconds": 1.5, "of": "", "counts": {"move": 1}}'
)

SEEDS: dict[str, Callable[[], bytes]] = {
    "layout": lambda: LAYOUT,
    "workspace": lambda: WORKSPACE,
    "plan": _plan,
    "inventory": _inventory,
    "journal": _journal,
    "held": lambda: b'[["tv:a", "inbox:a"]]',
    "report": lambda: REPORT,
    "lock": lambda: json.dumps(asdict(this_process("apply 0123456789ab", State(Path("/"))))).encode(),
    "name": lambda: b"Show.Name.S01E02-E03.1080p.WEB-DL.x264-GROUP.mkv",
    "amount": lambda: b"1.5 GB",
    "location": lambda: b"tv%:Show/Season 01/caf%E9.mkv",
    "overlay": lambda: b"version: 1\nstores: {inbox: {path: ~/Downloads}}\n",
    "assets": lambda: b"assets:\n  " + b"0f" * 32 + b": {tags: [hero], links: [{to: " + b"1e" * 32 + b", as: proxy}]}\n",
    "prices": lambda: next(Path(str(files("reshelve.planner") / "cost" / "prices")).glob("*.yaml")).read_bytes(),
    "answers": lambda: b"file,kind,show,season,episodes\na.mkv,episode,Show,1,1;2\n",
    "env": lambda: b"export VIDEO_PROJECTS_ROOT=\"~/dev/projects\"\nSSD_BASE=/Volumes/T7\n",
    "declined": lambda: b'["a", "b"]',
    "guests": lambda: b'{"state": "", "guests": {"restored": "/mnt/disk"}}',
    "told": lambda: b'["0123456789abcdef", "b"]',
    "regex": lambda: b"^(?P<show>.+)\\.S(?P<season>\\d\\d)E\\d\\d[^\\W_]{1,3}$",
    "glob": lambda: b"*.[mM]k?",
    "template": lambda: b"{{ show }}/{% for e in [1, 2] %}{{ '%02d' % (season * e) }}{% endfor %}/{{ filename | lower }}",
}  # fmt: skip

TOKENS = [
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", "\u202e".encode(), "\u200b".encode(), b"\x1b[31m", b"\r", b"\n", b"\t", b": ",
    b"- ", b"? ", b"&a ", b"*a", b"<<: ", b"!!python/object:os.system ",
    b"%YAML 1.2\n", b"---\n", b"...\n", b"|\n", b">\n", b"[", b"]",
    b"{", b"}", b'"', b"'", b"\\", b"#", b"null", b"true", b"1e999", b"-1", b"99999999999999999999", b"NaN", b"../", b"/", b"..",
    b"tv:", b"tv%:%00", b"{{ show }}", b"{% for x in range(10**9) %}", b"${HOME}", b"S99E9999", b"(19999)", b"1080p", b"[" * 300,
]  # fmt: skip
