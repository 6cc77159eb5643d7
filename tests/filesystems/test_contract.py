"""The store contract, on every file system that can be mounted."""

import re
from pathlib import Path

import pytest

from tests.support.local_stores import content, local, put
from tests.support.store_contract import Stage, StoreContract

NOT_HELD = {
    "ntfs": {
        "test_any_name_can_be_seen_and_moved['new\\nline']": "no such names",
        "test_any_name_can_be_seen_and_moved['caf\\udce9.mkv']": "names are text",
        "test_any_name_can_be_seen_and_moved['a:b%c']": "no such names",
        "test_make_dir_has_exactly_the_mode": "no modes",
        "test_make_trash": "no modes",
        "test_copy_keeps_what_a_file_is": "no modes, times to 100 ns",
        "test_symlink_holds_its_text_and_time": "times to 100 ns",
        "test_times_and_owner": "times to 100 ns, no owners",
    },
    "exfat": {
        "test_any_name_can_be_seen_and_moved['new\\nline']": "no such names",
        "test_any_name_can_be_seen_and_moved['caf\\udce9.mkv']": "names are text",
        "test_any_name_can_be_seen_and_moved['a:b%c']": "no such names",
        "test_a_link_is_an_item_never_a_road": "no symbolic links",
        "test_links_are_listed_with_where_they_lead_if_something_is_there": "no symbolic links",
        "test_open_reads_files_and_follows_no_link": "no symbolic links",
        "test_writable": "no symbolic links",
        "test_rename_never_replaces": "no symbolic links",
        "test_remove_takes_a_file_or_link_never_a_folder": "no symbolic links",
        "test_symlink_holds_its_text_and_time": "no symbolic links",
        "test_link_is_the_same_file": "no hard links",
        "test_make_dir_has_exactly_the_mode": "no modes",
        "test_make_trash": "no modes",
        "test_copy_keeps_what_a_file_is": "no modes, times to the second",
        "test_times_and_owner": "times to the second, no owners",
    },
}
NOT_HELD["fat32"] = {
    **NOT_HELD["exfat"],
    "test_copy_keeps_what_a_file_is": "no modes, times in steps of two seconds",
    "test_times_and_owner": "times in steps of two seconds, no owners",
}
"""What a file system cannot hold, by test: these fail there, and are expected to."""


class TestMounted(StoreContract):
    @pytest.fixture
    def stage(self, disk: Path, kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Stage:
        name = request.node.name.replace(f"{kind}-", "").replace(f"[{kind}]", "")
        # How often a backslash is escaped in a test's name depends on who collects it.
        name = re.sub(r"\\+", r"\\", name)
        why = NOT_HELD.get(kind, {}).get(name)
        if why:
            request.applymarker(pytest.mark.xfail(reason=why, strict=True))
        return Stage(local(disk / "one", "one"), local(disk / "two", "two"), local(tmp_path / "far", "far"), put, content)
