"""Archiving several projects: one that fails leaves what the others did, unless told otherwise."""

import errno
from pathlib import Path
from typing import Any

from reshelve.executors.stores.doubles.memory_service import MemoryService
from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import Came, call

WORKSPACE = """\
version: 1
stores:
  ssd: {path: ssd}
  s3: {s3: videos}
tiers:
  videos:
    order:
      ssd: {at: "ssd:{project}"}
      s3: {at: "s3:{range}/{project}", form: tar.gz, class: STANDARD}
    moves:
      - {from: ssd, to: [s3], after: 180d}
"""


class Refusing(MemoryService):
    """A service that fails for the keys of one project."""

    refused = "b13"

    def put(self, key: str, *args: Any, **rest: Any) -> Any:
        if self.refused and self.refused in key:
            raise OSError(errno.EIO, "the service failed", key)
        return super().put(key, *args, **rest)


def archived(folder: Path, *args: str) -> tuple[Came, set[str], set[str]]:
    for name in ("b12-one", "b13-two", "b14-three"):
        (folder / "ssd" / name).mkdir(parents=True)
        (folder / "ssd" / name / "cut.mov").write_text(name)
    (folder / "reshelve.yaml").write_text(WORKSPACE)
    buckets = CaseBuckets()
    service = buckets._services["videos"] = Refusing()
    with buckets.served():
        came = call(folder, "archive", "b*", "--yes", *args)
    there = {key.partition("/")[2] for key, versions in service.keys.items() if key.startswith("b") and not versions[-1].marker}
    return came, there, {path.name for path in (folder / "ssd").iterdir() if path.name[0] == "b"}


def test_a_project_that_fails_leaves_the_others_archived(tmp_path: Path) -> None:
    came, there, here = archived(tmp_path)
    assert came.code == 4
    assert "Each archive, upload and download is for itself: if one fails, the others stay." in came.out
    assert there == {"b12-one.tar.gz", "b14-three.tar.gz"}
    assert here == {"b13-two"}
    assert (tmp_path / "ssd/b13-two/cut.mov").read_text() == "b13-two"


def test_unless_all_is_asked_to_be_taken_back(tmp_path: Path) -> None:
    came, there, here = archived(tmp_path, "--on-error", "rollback")
    assert came.code == 3
    assert "for itself" not in came.out
    assert there == set()
    assert here == {"b12-one", "b13-two", "b14-three"}
