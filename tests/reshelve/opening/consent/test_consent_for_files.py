"""What a stranger's workspace reads outside its own folder."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay
from tests.support.strangers import told


@pytest.mark.parametrize("way", ["absolute", "above", "home", "link", "link inside", "overlay"])
def test_what_lies_outside_the_folder_is_not_read_without_consent(folder: Path, tmp_path: Path, way: str) -> None:
    private = tmp_path / "home" / "private"
    private.mkdir(parents=True)
    (private / "config.yaml").write_text("cluster: kube-secret\n")
    named = {"absolute": str(private), "above": "../home/private", "home": "~/private", "overlay": ""}.get(way, "templates")
    lay(folder, workspace=WORKSPACE + (f"templates_dir: {named}\n" if named else ""))
    if way == "link":
        (folder / "templates").symlink_to(private)
    if way == "link inside":
        (folder / "templates").mkdir()
        (folder / "templates" / "config.yaml").symlink_to(private / "config.yaml")
    if way == "overlay":
        (folder / "reshelve.local.yaml").symlink_to(private / "config.yaml")
    for args in (("scan",), ("validate", "reshelve.yaml")):
        came = call(folder, *args)
        assert f"read {private}" in came.err and "kube-secret" not in told(came)
    assert call(folder, "scan").code == 7
    call(folder, "trust", "--yes")
    assert "kube-secret" in call(folder, "validate", "reshelve.yaml").err


def test_prices_and_recorded_answers_elsewhere_need_consent(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "credentials"
    secret.write_text("aws_secret_access_key: wJalr-secret\n")
    lay(folder, workspace=WORKSPACE + "cost: {prices: ../credentials}\nsuggest: {provider: recorded, answers: ../credentials}\n")
    for args in (("cost", "--scenario", "STANDARD=1"), ("scan", "--suggest")):
        came = call(folder, *args)
        assert came.code == 7 and f"read {secret}" in came.err and "wJalr" not in told(came), args
    assert call(folder, "scan").code == 0
    assert call(folder, "trust", "--yes", "suggest.answers").code == 0
    assert call(folder, "scan", "--suggest").code == 0 and call(folder, "cost", "--scenario", "STANDARD=1").code == 7
