"""A page of the documentation is named by the command that prints it: its file is not there where reshelve is installed."""

from pathlib import Path

import pytest

from reshelve.cli.command_list import COMMANDS
from tests.support.shellcalls import call
from tests.support.shellplaces import lay


@pytest.mark.parametrize(
    ("args", "topic"),
    [(("manifest",), "tiers"), (("archive", "ACM"), "tiers"), (("backup", "status"), "backups"), (("sync", "status"), "sharing")],
)
def test_what_is_not_declared_is_told_with_the_command_that_prints_its_page(
    tmp_path: Path, args: tuple[str, ...], topic: str
) -> None:
    lay(tmp_path)
    refused = call(tmp_path, *args).err
    assert f"`reshelve help {topic}`" in refused and "docs/" not in refused, refused
    assert call(tmp_path, "help", topic).code == 0


def test_no_help_names_a_page_by_a_file_that_an_installed_program_does_not_show(tmp_path: Path) -> None:
    assert not [name for name in COMMANDS if "docs/" in call(tmp_path, name, "--help").out]
