"""Plan files are canonical, sealed, and refused when a single byte of them changed."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from reshelve.cli.input_documents import is_plan
from reshelve.schemas.documents.plan_files import Extent, load_plan, plan_bytes, save_plan, seal
from reshelve.schemas.operations import Copy, Link, MakeDir, Move, Purge, RemoveDir, Trash, Write
from reshelve.schemas.plan import Blocked, FolderTime, Plan, PlanRoot, SpaceNeed
from reshelve.schemas.problems import Problem, ReshelveError, Where

PLAN = Plan(
    command="undo",
    of="abc",
    workspace="/w/reshelve.yaml",
    roots={"tv": PlanRoot("/tv", "f1"), "inbox": PlanRoot("/in", "f1")},
    operations=[
        MakeDir("tv:a", because="new"),
        Move('inbox:\u2028é"\\.mkv', "tv:a/b", 1, 2, 3, needs=(0,)),
        Move("inbox:l", "tv:a/l", 1, 2, 3, item="link", across=True, text="x", facts={"kind": "episode"}),
        Copy("inbox:c", "tv:c", 1, 2, 3, how="reflink"),
        Link("inbox:c", "tv:d", 1, 2, 3),
        Write("tv:w", "{}\n"),
        Trash("tv:t", 1, 2, 3, "top"),
        Purge("tv:.reshelve-trash/x", 1, 2, 3),
        RemoveDir("inbox:z", 0o755, 5),
    ],
    blocked=[Blocked("tv:x", "inbox:x", "target-taken", "why")],
    held=["tv:h"],
    problems=[Problem("code", "sum", where=Where("f", 1, 2, "x"), severity="warning")],
    space=[SpaceNeed("f1", "tv", 1)],
    folder_times=[FolderTime("tv:a", 1, 2)],
    settled=4,
    observed={"tv": 2, "inbox": 9},
    max_delete="10%",
)


def test_round_trip_and_shape(tmp_path: Path) -> None:
    plan = seal(PLAN)
    file = tmp_path / "plan.json"
    save_plan(plan, file)
    assert load_plan(file) == plan
    assert load_plan(file, "no operations") == replace(plan, operations=[])
    bare = [replace(one, facts=None) if isinstance(one, Move) else one for one in plan.operations]
    assert load_plan(file, "no facts") == replace(plan, operations=bare) != plan
    text = file.read_bytes()
    assert text == plan_bytes(plan)
    found = json.loads(text)
    assert list(found)[:2] == ["version", "id"] and list(found)[-1] == "operations"
    assert list(found["roots"]) == ["inbox", "tv"]
    assert text.count(b'\n{"op":') == len(plan.operations)
    assert found["operations"][0] == {"op": "mkdir", "dst": "tv:a", "because": "new"}


@pytest.mark.parametrize("number", [1, 2_500, 2_501, 9_999])
def test_a_plan_is_read_in_several_pieces(tmp_path: Path, number: int) -> None:
    """Each operation has 210 bytes or so, and a piece half a MiB."""
    moves = [Move(f"inbox:{index:0>150}", "tv:a", 1, 2, 3) for index in range(number)]
    plan = seal(replace(PLAN, operations=moves))
    save_plan(plan, tmp_path / "plan.json")
    assert load_plan(tmp_path / "plan.json") == plan


def test_the_seal_is_of_the_content() -> None:
    sealed = seal(PLAN)
    assert seal(sealed).id == sealed.id and len(sealed.id) == 64
    other = Plan(operations=PLAN.operations)
    assert seal(other).id != sealed.id
    assert seal(Plan()).id == seal(Plan()).id


@pytest.mark.parametrize(
    ("change", "code", "kind"),
    [
        (lambda t: t.replace(b'"tv:c"', b'"tv:e"'), "plan-tampered", "stale"),
        (lambda t: t[:-40], "plan-tampered", "stale"),
        (lambda t: t + b" ", "plan-tampered", "stale"),
        (lambda t: json.dumps(json.loads(t), indent=1).encode(), "plan-tampered", "stale"),
        (lambda t: b"not json", "plan-not-json", "error"),
        (lambda t: b"[" * 100_000, "plan-not-json", "error"),
        (lambda t: b"[]", "plan-invalid", "error"),
        (lambda t: b'{"version": 2}', "plan-version", "error"),
        (lambda t: b"", "plan-not-json", "error"),
    ],
)
def test_a_changed_file_is_refused(tmp_path: Path, change: object, code: str, kind: str) -> None:
    file = tmp_path / "plan.json"
    assert callable(change)
    file.write_bytes(change(plan_bytes(seal(PLAN))))
    for extent in get_args(Extent):
        with pytest.raises(ReshelveError) as caught:
            load_plan(file, extent)
        assert [p.code for p in caught.value.problems] == [code]
        assert caught.value.kind == kind


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_changed_line_ends_are_named(tmp_path: Path, start: bytes) -> None:
    """As git does with `core.autocrlf`, and editors of Windows."""
    save_plan(seal(PLAN), tmp_path / "plan.json")
    text = (tmp_path / "plan.json").read_bytes()
    (tmp_path / "plan.json").write_bytes(start + text.replace(b"\n", b"\r\n"))
    with pytest.raises(ReshelveError) as refused:
        load_plan(tmp_path / "plan.json")
    (problem,) = refused.value.problems
    assert problem.code == "plan-line-ends" and refused.value.kind == "stale"
    assert "line ends" in problem.detail and "*.json -text" in problem.hint


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_changed_encoding_is_named(tmp_path: Path, encoding: str) -> None:
    """As editors and shells of Windows do."""
    save_plan(seal(PLAN), tmp_path / "plan.json")
    (tmp_path / "plan.json").write_bytes((tmp_path / "plan.json").read_text(encoding="utf-8").encode(encoding))
    assert is_plan(tmp_path / "plan.json")
    with pytest.raises(ReshelveError) as refused:
        load_plan(tmp_path / "plan.json")
    (problem,) = refused.value.problems
    assert problem.code == "plan-line-ends" and refused.value.kind == "stale"
    assert "encoding" in problem.detail and "line ends" not in problem.detail


def test_every_byte_is_sealed(tmp_path: Path) -> None:
    text = plan_bytes(seal(Plan(operations=[MakeDir("tv:a")])))
    file = tmp_path / "plan.json"
    for at in range(len(text)):
        file.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
        with pytest.raises(ReshelveError):
            load_plan(file)


MANY = replace(PLAN, operations=[Move(f"inbox:{at}", f"tv:{at}", at, 2, 3, needs=(0,) if at else ()) for at in range(4001)])


def _sealed_text(body: bytes) -> bytes:
    """Return a plan file whose digest fits its content, however that is laid out."""
    empty = b'{"version":1,"id":""' + body
    return b'{"version":1,"id":"' + hashlib.sha256(empty).hexdigest().encode() + b'"' + body


@pytest.mark.parametrize("count", [0, 1, 1999, 2000, 2001, 4000, 4001])
def test_a_plan_of_any_length_reads_back(tmp_path: Path, count: int) -> None:
    plan = seal(replace(MANY, operations=MANY.operations[:count]))
    save_plan(plan, tmp_path / "plan.json")
    assert load_plan(tmp_path / "plan.json") == plan


def test_a_plan_laid_out_otherwise_reads_the_same(tmp_path: Path) -> None:
    lines = plan_bytes(seal(MANY))
    body = lines[lines.index(b',"command"') :]
    for laid_out in (body.replace(b"\n", b""), body.replace(b"\n", b"\n\n"), body.replace(b"},\n", b"}\n,"), body + b"\n "):
        (tmp_path / "plan.json").write_bytes(_sealed_text(laid_out))
        found = load_plan(tmp_path / "plan.json")
        assert replace(found, id="") == MANY


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.removesuffix(b"]}\n"),
        lambda body: body + b"]}\n",
        lambda body: body.replace(b"\n]}\n", b",\n]}\n"),
        lambda body: body.replace(b"},\n", b"},,\n", 1),
        lambda body: body.replace(b"},\n", b"}\n", 1),
        lambda body: body.replace(b"\n]}\n", b'\n],"operations":[]]}\n'),
        lambda body: body.replace(b'"op":"move"', b'"op":"fly"', 1),
    ],
)
def test_what_is_no_plan_is_refused_though_its_digest_fits(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    lines = plan_bytes(seal(MANY))
    body = lines[lines.index(b',"command"') :]
    (tmp_path / "plan.json").write_bytes(_sealed_text(change(body)))
    with pytest.raises(ReshelveError):
        load_plan(tmp_path / "plan.json")


def test_what_a_folder_s_files_need_is_held_once(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    save_plan(seal(replace(PLAN, operations=[Move(f"a:{n}", f"b:{n}", 1, 2, 3, needs=(n // 5 + 300,)) for n in range(20)])), file)
    needs = [one.needs for one in load_plan(file).operations]
    assert needs == [(n // 5 + 300,) for n in range(20)] and len(set(map(id, needs))) == 4
