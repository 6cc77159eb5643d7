"""Contents in buckets: what is known of them without fetching any is known to the catalog and to `duplicates`."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xxhash

from reshelve import api
from reshelve.executors.state import cache_db
from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_service import MemoryService, Version, etag_of
from reshelve.executors.stores.object_metadata import Recorded, standing
from reshelve.schemas.asset_questions import AssetPlace, Wanted
from reshelve.schemas.inventory import Root
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.problems import ReshelveError
from reshelve.session.session import Session
from reshelve.session.session_catalog import said
from tests.support.casebuckets import CaseBuckets

FILM, OTHER = b"one film" * 99, b"an other" * 99
PART = 1 << 20
LONG = os.urandom(5 * PART // 2)


@pytest.fixture(autouse=True)
def at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as unchanged for long: hashes of new ones are not remembered else."""
    monkeypatch.setattr(cache_db, "UNSETTLED_NS", -(10**18))


@pytest.fixture
def buckets() -> Iterator[CaseBuckets]:
    made = CaseBuckets()
    with made.served():
        yield made


def bucket(buckets: CaseBuckets, name: str = "cloud") -> MemoryBucket:
    """Return what another program sees of a bucket."""
    return MemoryBucket(Root("theirs", f"s3://{name}"), buckets.service(name))


def service(buckets: CaseBuckets, name: str = "cloud") -> MemoryService:
    return buckets.service(name)


def in_parts(buckets: CaseBuckets, key: str, content: bytes, step: int, name: str = "cloud") -> None:
    """Put an object up in parts, as another program does."""
    parts = [content[at : at + step] for at in range(0, len(content), step)]
    service(buckets, name).put(key, Version("", content=content, etag=etag_of(parts), part=step), create=None)


def opened(folder: Path) -> Session:
    (folder / "library").mkdir(exist_ok=True)
    (folder / "reshelve.yaml").write_text(
        "version: 1\nstores:\n  library: {path: library}\n  cloud: {s3: cloud}\n  vault: {s3: vault}\n"
    )
    return api.open_workspace(folder, environ={})


def known(session: Session) -> dict[str, AssetPlace]:
    """Return what the catalog knows, by location; without when a place was looked at, which may be another second each time."""
    return {place.location: replace(place, first_seen="", last_seen="") for place in session.catalog.assets(Wanted())}


def xxh3(content: bytes) -> str:
    return f"xxh3:{xxhash.xxh3_128_hexdigest(content)}"


def test_what_an_object_records_of_itself_is_its_content(tmp_path: Path, buckets: CaseBuckets) -> None:
    """Another machine's upload and a file here are one asset."""
    session = opened(tmp_path)
    (tmp_path / "library/film.mkv").write_bytes(FILM)
    said_of = Recorded(hash=xxh3(FILM), sha256=hashlib.sha256(FILM).hexdigest(), token="t", of=standing(etag_of([FILM]), len(FILM)))
    bucket(buckets).put("theirs.mkv", FILM, by=said_of)
    bucket(buckets).put("rewritten.mkv", OTHER, by=said_of)  # the record is of what stood there before
    found = session.catalog.update(read=True)
    places = known(session)
    assert places["cloud:theirs.mkv"].sha256 == places["library:film.mkv"].sha256 != ""
    assert places["cloud:theirs.mkv"].places == 2
    assert places["cloud:rewritten.mkv"].sha256 == places["cloud:rewritten.mkv"].xxh3 == ""
    assert (found.unread, found.untold) == (0, 1)
    assert service(buckets).reads == 0


def here_and_there(folder: Path, buckets: CaseBuckets, step: int) -> None:
    """Lay a long film in the library and, in parts of so many bytes or whole, as an object of another program; and one as long."""
    (folder / "library/film.mkv").write_bytes(LONG)
    if step:
        in_parts(buckets, "foreign.mkv", LONG, step)
    else:
        bucket(buckets).put("foreign.mkv", LONG)
    bucket(buckets).put("as-long.mkv", bytes(len(LONG)))


@pytest.mark.parametrize("step", [0, PART])
def test_an_etag_made_of_md5s_is_told_by_a_file_here(tmp_path: Path, buckets: CaseBuckets, step: int) -> None:
    session = opened(tmp_path)
    here_and_there(tmp_path, buckets, step)
    found = session.catalog.update(read=True)
    places = known(session)
    assert places["cloud:foreign.mkv"].sha256 == places["library:film.mkv"].sha256 == hashlib.sha256(LONG).hexdigest()
    assert places["cloud:as-long.mkv"].sha256 == ""
    assert (found.unread, found.untold, service(buckets).reads) == (0, 1, 0)
    (tmp_path / "library/film.mkv").unlink()
    session.catalog.update()
    session.catalog.rebuild()
    assert known(session)["cloud:foreign.mkv"].sha256 == hashlib.sha256(LONG).hexdigest()


def test_a_file_moved_to_a_bucket_is_one_asset_with_what_is_in_another_bucket(tmp_path: Path, buckets: CaseBuckets) -> None:
    session = opened(tmp_path)
    (tmp_path / "library/film.mkv").write_bytes(FILM)
    for name in ("cloud", "vault"):
        bucket(buckets, name).put("foreign.mkv", FILM)
    session.runs.apply(session.plans.make(Layout(files={"cloud:film.mkv": Entry(source="library:film.mkv")})))
    session.catalog.update(read=True)
    places = known(session)
    assert set(places) == {"cloud:film.mkv", "cloud:foreign.mkv", "vault:foreign.mkv"}
    assert {place.sha256 for place in places.values()} == {hashlib.sha256(FILM).hexdigest()}
    assert {place.places for place in places.values()} == {3}
    assert service(buckets).reads == service(buckets, "vault").reads == 0
    before = known(session)
    session.catalog.rebuild()
    assert known(session) == before


def test_the_sha256_that_a_service_tells_is_the_content_and_encrypted_objects_have_no_md5(
    tmp_path: Path, buckets: CaseBuckets
) -> None:
    session = opened(tmp_path)
    (tmp_path / "library/film.mkv").write_bytes(FILM)
    for key, told in (("told.mkv", hashlib.sha256(OTHER).hexdigest()), ("not.mkv", "")):
        content = OTHER if told else FILM
        put = Version("", content=content, etag=etag_of([b"secret" + key.encode()]), encrypted=True, sha256=told)
        service(buckets).put(key, put, create=None)
    found = session.catalog.update(read=True)
    places = known(session)
    assert places["cloud:told.mkv"].sha256 == hashlib.sha256(OTHER).hexdigest()
    assert places["cloud:not.mkv"].sha256 == ""
    assert found.untold == 1


def test_what_was_asked_once_is_not_asked_again_nor_called_unread(tmp_path: Path, buckets: CaseBuckets) -> None:
    session = opened(tmp_path)
    bucket(buckets).put("foreign.mkv", FILM)
    assert (session.catalog.update().unread, session.catalog.update(read=True).unread) == (1, 0)
    found = session.catalog.update()
    assert (found.unread, found.untold) == (0, 1)
    with pytest.raises(ReshelveError) as refused:
        session.catalog.note(["cloud:foreign.mkv"], said(tags=["hero"]))
    assert refused.value.problems[0].code == "not-read"
    (tmp_path / "library/film.mkv").write_bytes(FILM)  # a file that comes later tells
    session.catalog.update(read=True)
    assert known(session)["cloud:foreign.mkv"].places == 2
    assert session.catalog.note(["cloud:foreign.mkv"], said(tags=["hero"])) == [hashlib.sha256(FILM).hexdigest()]


@pytest.mark.parametrize("step", [0, PART])
def test_duplicates_in_buckets_are_told_by_their_md5s_and_go_by_a_plan(tmp_path: Path, buckets: CaseBuckets, step: int) -> None:
    session = opened(tmp_path)
    here_and_there(tmp_path, buckets, step)
    decided = session.duplicates.find(keep=["cloud:**"])
    assert [[copy.first.location for copy in one.copies] for one in decided.found.sets] == [
        ["library:film.mkv", "cloud:foreign.mkv"]
    ]
    assert [problem.code for problem in decided.found.problems] == ["not-compared"]
    made = session.duplicates.layout(decided).layout
    assert [entry.path for entry in made.absent] == ["library:film.mkv"]
    session.runs.apply(session.plans.make(made))
    assert not (tmp_path / "library/film.mkv").exists()
    assert service(buckets).reads == 0
    session.runs.apply(session.history.plan_undo())
    assert (tmp_path / "library/film.mkv").read_bytes() == LONG


def test_one_changed_in_between_is_not_what_was_told(tmp_path: Path, buckets: CaseBuckets) -> None:
    session = opened(tmp_path)
    (tmp_path / "library/film.mkv").write_bytes(FILM)
    bucket(buckets).put("foreign.mkv", FILM)
    made = session.duplicates.layout(session.duplicates.find(keep=["cloud:**"])).layout
    key = service(buckets).keys["foreign.mkv"][-1]
    service(buckets).put("foreign.mkv", replace(key, content=OTHER, etag=etag_of([OTHER])), create=None)
    plan = session.plans.make(made)
    assert plan.blocked and not plan.operations
