"""How many requests sync makes of a service, counted by what stands between: where nothing changed, two for a thousand files."""

from pathlib import Path

import pytest

from tests.support.buckets import ceph, fresh, keys_of, moto
from tests.support.servers.ruled import Ruled, refuses, ruled
from tests.support.servers.service import Endpoint
from tests.support.shellcalls import Came, call

pytestmark = pytest.mark.s3
__all__ = ["ceph", "moto"]

WORKSPACE = """\
version: 1
stores:
  work: {{path: .}}
  collab: {{s3: {bucket}, endpoint_url: {url}, region: us-east-1, patience: 2s}}
sync:
  staging: {{here: "work:{{project}}/s3-staging", there: "collab:v-appydave/{{project}}", user: david}}
"""


def _lay(folder: Path, url: str, bucket: str, projects: int, files: int) -> None:
    for project in range(projects):
        staging = folder / f"c{project:03}-project/s3-staging"
        staging.mkdir(parents=True)
        for number in range(files):
            (staging / f"clip-{number:04}.mp4").write_bytes(f"{project} {number}".encode())
    (folder / "reshelve.yaml").write_text(WORKSPACE.format(bucket=bucket, url=url))


def _counted(between: Ruled, folder: Path, *args: str) -> tuple[Came, list[str]]:
    between.seen.clear()
    came = call(folder, *args)
    assert came.code == 0, (came.out, came.err)
    return came, between.lines()


WAYS = (["sync", "--yes"], ["sync", "c000", "--yes"], ["sync", "up", "--yes"], ["sync", "down", "--yes"], ["sync", "--dry-run"])


@pytest.mark.slow
def test_a_thousand_files_without_a_change_are_two_requests(moto: Endpoint, tmp_path: Path) -> None:
    """A page of a listing holds a thousand keys, and people's record and the view lie beside the files."""
    with keys_of(moto), ruled(moto) as between:
        _lay(tmp_path, between.endpoint.url, fresh(moto), 1, 1000)
        call(tmp_path, "sync", "--yes")
        for words in WAYS[:3]:
            _, asked = _counted(between, tmp_path, *words)
            assert len(asked) == 2, (words, asked)


@pytest.mark.parametrize("versioned", [True, False])
def test_what_fits_on_a_page_is_one_request(moto: Endpoint, tmp_path: Path, versioned: bool) -> None:
    with keys_of(moto), ruled(moto) as between:
        _lay(tmp_path, between.endpoint.url, fresh(moto, versioned=versioned), 1, 3)
        call(tmp_path, "sync", "--yes")
        for words in WAYS:
            came, asked = _counted(between, tmp_path, *words)
            assert len(asked) == 1, (words, asked)
            assert "nothing differs" in came.out, (words, came.out)


@pytest.mark.slow
def test_the_status_of_many_projects_lists_the_bucket_once(moto: Endpoint, tmp_path: Path) -> None:
    with keys_of(moto), ruled(moto) as between:
        _lay(tmp_path, between.endpoint.url, fresh(moto), 110, 2)
        call(tmp_path, "sync", "--yes")
        came, asked = _counted(between, tmp_path, "sync", "status", "--all")
        assert len(asked) == 1 and "list-type=2" in asked[0], asked
        assert came.out.count("in sync") == 110


def test_what_an_upload_rests_on_is_asked_before_it(moto: Endpoint, tmp_path: Path) -> None:
    """Whether the bucket keeps versions is asked for the plan and again for its run, though the look before asked nothing."""
    with keys_of(moto), ruled(moto) as between:
        _lay(tmp_path, between.endpoint.url, fresh(moto, versioned=True), 1, 2)
        call(tmp_path, "sync", "--yes")
        (tmp_path / "c000-project/s3-staging/clip-0000.mp4").write_bytes(b"an edit")
        _, asked = _counted(between, tmp_path, "sync", "--yes")
        puts = [at for at, line in enumerate(asked) if line.startswith("PUT") and "clip-0000" in line]
        versions = [at for at, line in enumerate(asked) if line.endswith("?versioning")]
        assert len([at for at in versions if at < puts[0]]) == 2, asked


@pytest.mark.parametrize("code, status", [("AccessDenied", 403), ("NoSuchBucket", 404), ("SlowDown", 503)])
@pytest.mark.parametrize("words", [["sync", "--yes"], ["sync", "status", "--all"], ["sync", "clean", "c000", "--yes"]])
def test_a_bucket_that_does_not_answer_is_never_taken_for_empty(
    moto: Endpoint, tmp_path: Path, code: str, status: int, words: list[str]
) -> None:
    with keys_of(moto), ruled(moto) as between:
        bucket = fresh(moto)
        _lay(tmp_path, between.endpoint.url, bucket, 1, 2)
        call(tmp_path, "sync", "--yes")
        between.rules.append(refuses("list-type=2", status, code))
        between.seen.clear()
        came = call(tmp_path, *words)
        assert came.code != 0 and "error[store-unavailable]" in came.err, (came.out, came.err)
        assert f"s3://{bucket}" in came.err
        assert {line.partition(" ")[0] for line in between.lines()} == {"GET"}
        between.rules.clear()
        assert "nothing differs" in call(tmp_path, "sync", "--yes").out
