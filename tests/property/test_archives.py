"""A drawn tree, packed and unpacked, is the same tree; a drawn archive never reaches outside; any bytes are survived."""

import contextlib
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.executors.archives.archive_reader import BadArchiveError
from reshelve.schemas.archive_record import link_fault, record_of
from reshelve.schemas.verbs import ArchiveFormat
from tests.support.archiving import Bench, tar_of, zip_of
from tests.support.shares import examples
from tests.support.snapshots import difference, snapshot

pytestmark = pytest.mark.drawn
FORMS = st.sampled_from(["tar.gz", "zip"])
TIMES = st.integers(-(2**31) * 10**9, 2**33 * 10**9)
BYTES = st.integers(0x80, 0xFF).map(lambda byte: chr(0xDC00 + byte))
LETTERS = st.characters(exclude_characters="/\0", exclude_categories=("Cs",)) | BYTES
NAMES = (
    st.text(LETTERS, min_size=1, max_size=12)
    .filter(lambda name: name not in (".", "..") and not name.startswith(".reshelve"))
    .filter(lambda name: len(os.fsencode(name)) <= 200)
)
LARGE = {"zeros": bytes(1 << 20), "noise": random.Random(1).randbytes(70_000), "noise and zeros": b"noise" + bytes((1 << 20) + 3)}
CONTENTS = st.binary(max_size=300) | st.sampled_from(sorted(LARGE))
FILE = st.tuples(st.just("file"), CONTENTS, st.integers(0, 0o777), TIMES)
LINK = st.tuples(st.just("link"), st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.just(0), TIMES)
FLAT = st.dictionaries(NAMES, FILE | LINK, max_size=4)
TREES = st.recursive(FLAT, lambda inner: st.dictionaries(NAMES, FILE | LINK | inner, max_size=4), max_leaves=12)
PARTS = st.sampled_from(["a", "b", "c", "..", ".", "", "d"])
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
ENDS = st.sampled_from([" = text", "/", " -> a", " -> ..", " -> a/../..", " -> /", " -> b/c"])
LINES = st.builds(lambda path, end: path + end, PATHS, ENDS)


@contextlib.contextmanager
def made() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        yield Bench(Path(folder) / "bench")


def lay(folder: Path, tree: dict[str, object]) -> None:
    for name, thing in tree.items():
        path = folder / name
        if isinstance(thing, dict):
            path.mkdir()
            lay(path, thing)
            continue
        assert isinstance(thing, tuple)
        kind, content, mode, mtime_ns = thing
        if kind == "link":
            path.symlink_to(content)
        else:
            path.write_bytes(LARGE.get(content, content))
            path.chmod(mode)
        os.utime(path, ns=(mtime_ns, mtime_ns), follow_symlinks=False)


@settings(max_examples=examples(60), deadline=None)
@given(TREES, FORMS)
def test_packed_and_unpacked_a_tree_is_the_same(tree: dict[str, object], form: ArchiveFormat) -> None:
    with made() as bench:
        lay(bench.src, tree)
        members = bench.members()
        again = bench.unpack(bench.pack(form, members))
        assert difference(snapshot(bench.src), snapshot(bench.out / "again")) == []
        assert again.hash == record_of(members)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(LINES, max_size=6), FORMS)
def test_a_drawn_archive_stays_inside_or_is_refused(lines: list[str], form: ArchiveFormat) -> None:
    with made() as bench:
        (bench.out / "a").mkdir()
        (bench.out / "secret").write_text("outside")
        archive = bench.out / f"x.{form}"
        archive.write_bytes(zip_of(*lines) if form == "zip" else tar_of(*lines))
        before = snapshot(bench.out, folder_times=False)
        with contextlib.suppress(BadArchiveError, OSError):
            bench.unpack(archive)
        after = {rel: one for rel, one in snapshot(bench.out, folder_times=False).items() if rel.partition("/")[0] != "again"}
        assert after == before
        for path in (bench.out / "again").rglob("*"):
            with contextlib.suppress(OSError, RuntimeError):
                assert path.resolve(strict=True).is_relative_to(bench.out / "again")


@settings(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=3000), FORMS, st.booleans())
def test_any_bytes_are_unpacked_or_refused_with_an_oserror(content: bytes, form: ArchiveFormat, begins: bool) -> None:
    with made() as bench:
        head = (b"PK\x03\x04" if form == "zip" else b"\x1f\x8b\x08\x00") if begins else b""
        archive = bench.out / f"x.{form}"
        archive.write_bytes(head + content)
        with contextlib.suppress(OSError):
            bench.unpack(archive)
        assert {path.name for path in bench.out.iterdir()} <= {archive.name, "again"}


@settings(max_examples=examples(300), deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "d/a", "d/b", "d/e/a"]), PATHS, max_size=5))
def test_links_that_are_let_in_never_lead_out(links: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder).resolve() / "top"
        (top / "d/e").mkdir(parents=True)
        for rel, text in links.items():
            if text and link_fault(rel, text) is None:
                (top / rel).symlink_to(text)
        for name in ("a", "b", "c", "d"):
            (top.parent / name).touch()
        for rel in links:
            with contextlib.suppress(OSError, RuntimeError):
                assert (top / rel).resolve(strict=True).is_relative_to(top)
