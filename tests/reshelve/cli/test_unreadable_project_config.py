"""A project whose project_config.json is nothing that can be read stays where it is, whatever that is."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.shellcalls import call

WORKSPACE = """\
version: 1
stores:
  ssd: {path: ssd}
  nas: {path: nas}
tiers:
  videos:
    order:
      ssd: {at: "ssd:{project}"}
      nas: {at: "nas:{project}"}
    moves:
      - {from: ssd, to: [nas], after: 1d, setting: archive_days}
"""


def listening(path: Path) -> None:
    os.chdir(path.parent)  # the path of a socket has to be short
    socket.socket(socket.AF_UNIX).bind(path.name)


@pytest.mark.parametrize(
    "make",
    [
        Path.mkdir, os.mkfifo, listening, lambda path: path.symlink_to("nowhere"), lambda path: path.symlink_to(path.name),
        lambda path: path.write_bytes(b'{"settings": {"note": "' + b"x" * (2 << 20) + b'"}}'), lambda path: path.write_text("["),
    ],
    ids=["folder", "fifo", "socket", "dangling", "loop", "large", "broken"],
)  # fmt: skip
def test_it_holds_its_project_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    (tmp_path / "nas").mkdir()
    for name in ("b1-one", "b2-two"):
        (tmp_path / "ssd" / name).mkdir(parents=True)
        (tmp_path / "ssd" / name / "cut.mov").write_text(name)
        os.utime(tmp_path / "ssd" / name / "cut.mov", (1.6e9, 1.6e9))
    config = tmp_path / "ssd/b1-one/project_config.json"
    make(config)
    os.utime(config, (1.6e9, 1.6e9), follow_symlinks=False)
    came = call(tmp_path, "scan")
    assert "ssd:b1-one/project_config.json" in came.out + came.err and "stays where it is" in came.out + came.err
    layout = (tmp_path / "layout.yaml").read_text()
    assert "ssd:b2-two/cut.mov" in layout and "ssd:b1-one" not in layout
