"""A clean-up of a sync removes an object only while its content stands here: looked at again after the question was answered."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.buckets import fresh, keys_of, moto, raw
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import Came, Meanwhile, call
from tests.support.syncpeople import People

__all__ = ["moto"]
FILM = "the film"


def rewritten(path: Path) -> None:
    """Put another content into a file, in place, its size and times kept."""
    seen = path.stat()
    path.write_text("Q" * seen.st_size)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def replaced(path: Path) -> None:
    """Put another file in its place, of the same size and times."""
    seen = path.stat()
    other = path.with_name("other")
    other.write_text("Q" * seen.st_size)
    os.utime(other, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    other.rename(path)


DEEDS: dict[str, Callable[[Path], object]] = {
    "removed": lambda path: path.unlink(),
    "moved away": lambda path: path.rename(path.parents[2] / "away.mp4"),
    "truncated": lambda path: path.write_bytes(b""),
    "overwritten": lambda path: path.write_text("another film"),
    "rewritten": rewritten,
    "replaced": replaced,
}


def cleaned(people: People, *more: str, done: Callable[[Path], object], name: str = "draft.mp4") -> Came:
    with people.buckets.served():
        answers = Meanwhile("y\n", lambda _: done(people.staging("david") / name))
        return call(people.folder / "david", "sync", "clean", "b63", *more, answers=answers)


@pytest.mark.parametrize("versioned", [True, False], ids=["versioned", "unversioned"])
@pytest.mark.parametrize("deed", DEEDS)
def test_a_clean_up_keeps_what_is_here_no_more_as_it_is_answered(people: People, deed: str, versioned: bool) -> None:
    if not versioned:
        people.buckets.lay("s3://collab unversioned\n")
    people.join("david")
    people.write("david", "draft.mp4", FILM)
    people.sync("david")
    came = cleaned(people, done=DEEDS[deed])
    assert people.there() == {"draft.mp4": FILM}, came
    assert came.code in (3, 5), came
    assert "draft.mp4" in came.out + came.err
    assert "reshelve plan" not in came.out + came.err
    (people.staging("david") / "draft.mp4").write_text(FILM)
    people.run("david", "sync", "clean", "b63", "--yes")
    assert people.there() == {}


def test_a_clean_up_rests_on_the_content_under_whatever_name_it_has_here(people: People) -> None:
    people.join("david")
    people.write("david", "draft.mp4", FILM)
    people.sync("david")
    (people.staging("david") / "draft.mp4").rename(people.staging("david") / "final.mp4")
    came = cleaned(people, done=lambda path: path.unlink(), name="final.mp4")
    assert people.there() == {"draft.mp4": FILM}, came
    people.write("david", "final.mp4", FILM)
    assert cleaned(people, done=lambda path: None).code == 0
    assert people.there() == {}


def test_a_clean_up_of_only_copies_rests_on_the_others(people: People) -> None:
    people.join("david", "jan")
    people.write("david", "draft.mp4", FILM)
    people.write("david", "empty.txt", "")
    people.sync("david")
    people.sync("jan")
    people.write("jan", "more.mp4", "by jan")
    people.sync("jan")
    came = cleaned(people, "--only-copy", done=lambda path: path.unlink())
    assert people.there()["draft.mp4"] == FILM, came
    people.write("david", "draft.mp4", FILM)
    assert cleaned(people, "--only-copy", done=lambda path: None).code == 0
    assert people.there() == {}


@pytest.mark.s3
@pytest.mark.parametrize("versioned", [True, False], ids=["versioned", "unversioned"])
@pytest.mark.parametrize("deed", ["removed", "rewritten"])
def test_a_service_keeps_what_is_here_no_more(moto: Endpoint, tmp_path: Path, deed: str, versioned: bool) -> None:
    bucket = fresh(moto, versioned=versioned)
    store = f'{{s3: {bucket}, endpoint_url: "{moto.url}", region: us-east-1}}'
    sync = 'sync: {st: {here: "work:{project}/sh", there: "c:{project}", user: ann}}'
    (tmp_path / "reshelve.yaml").write_text(f"version: 1\nstores: {{work: {{path: .}}, c: {store}}}\n{sync}\n")
    (tmp_path / "b1/sh").mkdir(parents=True)
    film = tmp_path / "b1/sh/f.mp4"
    film.write_text(FILM)
    with keys_of(moto):
        assert call(tmp_path, "sync", "--yes").code == 0
        came = call(tmp_path, "sync", "clean", "b1", answers=Meanwhile("y\n", lambda _: DEEDS[deed](film)))
        assert came.code in (3, 5), came
        assert raw(moto).get_object(Bucket=bucket, Key="b1/f.mp4")["Body"].read().decode() == FILM
        film.write_text(FILM)
        assert call(tmp_path, "sync", "clean", "b1", "--yes").code == 0
        assert "Contents" not in raw(moto).list_objects_v2(Bucket=bucket, Prefix="b1/f.mp4")
        assert film.read_text() == FILM
