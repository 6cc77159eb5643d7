"""A film or an episode that is there under two names is filed once: the other stays and is told, in place as into a library."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call

SIZE = 1 << 20


def put(folder: Path, rel: str, byte: bytes) -> Path:
    path = folder / rel
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(byte * SIZE)
    os.utime(path, (1_600_000_000, 1_600_000_000))
    return path


@pytest.mark.parametrize("into", [[], ["--into", "lib"]])
def test_one_of_two_names_is_filed_and_the_other_told(tmp_path: Path, into: list[str]) -> None:
    nas = tmp_path / "nas"
    put(nas, "a/Jaws (1975).mkv", b"j")
    put(nas, "b/Jaws.1975.1080p.BluRay.mkv", b"j")
    put(nas, "Solaris (1972).mkv", b"s")
    put(nas, "Stalker (1979).mkv", b"s")
    came = call(tmp_path, "organize", "nas", *into, "--yes")
    assert came.code == 0
    assert "b/Jaws.1975.1080p.BluRay.mkv: same content as " in came.out
    assert "1 to review (1 duplicate)" in came.out
    shelf = tmp_path / (into[1] if into else "nas") / "Movies"
    assert sorted(path.name for path in shelf.rglob("*.mkv")) == ["Jaws (1975).mkv", "Solaris (1972).mkv", "Stalker (1979).mkv"]
    assert (nas / "b/Jaws.1975.1080p.BluRay.mkv").read_bytes() == b"j" * SIZE
    assert "no file is to go anywhere" in call(tmp_path, "organize", "nas", *into, "--yes").out
