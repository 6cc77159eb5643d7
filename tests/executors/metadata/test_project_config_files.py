"""What project_config.json says, read from a real file: small, JSON, or a reason."""

from pathlib import Path

import pytest

from reshelve.executors.metadata.project_config_files import ProjectConfigs
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Root


def settings(folder: Path) -> object:
    return ProjectConfigs({"local": LocalStore(Root("local", str(folder)))}).settings("local", "project_config.json")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b'{"settings": {"archive_after_days": 90}}', {"archive_after_days": 90}), (b'{"a": 1}', {}), (b"\xef\xbb\xbf{}", {})],
)
def test_settings_are_read(tmp_path: Path, content: bytes, said: object) -> None:
    (tmp_path / "project_config.json").write_bytes(content)
    assert settings(tmp_path) == said


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no `settings`"),
        (b'{"settings": 90}', "no `settings`"),
        (b" " * (1 << 20) + b"{}", "larger than 1 MiB"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "project_config.json").write_bytes(content)
    with pytest.raises(ValueError, match=why):
        settings(tmp_path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        settings(tmp_path)


def test_a_store_that_is_not_looked_into_says_nothing() -> None:
    assert ProjectConfigs({}).settings("bucket", "project_config.json") == {}
