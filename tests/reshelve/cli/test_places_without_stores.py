"""A place that names no store: one fault, which says what was meant, wherever in a workspace a place can stand."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call

STORES = "version: 1\nstores: {lib: {path: lib}, cloud: {s3: media}}\n"
PLACES = {
    "of": 'backups: {p: {of: "PLACE"}}',
    "to": 'backups: {p: {of: "lib:{project}", to: "PLACE"}}',
    "archive_storage_path": 'backups: {p: {of: "lib:{project}", archive_storage_path: "PLACE"}}',
    "copies": 'backups: {p: {of: "lib:{project}", copies: ["PLACE"]}}',
    "at": 'tiers: {t: {project: ["*"], order: {a: {at: "PLACE"}}, moves: []}}',
    "place": 'scan: {lib: {rules: [{name: all, place: "PLACE"}]}}',
    "in": 'projects: [{name: b63, in: "PLACE"}]',
    "here": 'sync: {s: {here: "PLACE", there: "cloud:{project}"}}',
}


def faults(folder: Path, where: str, place: str) -> list[str]:
    """Return each fault that `validate` tells, whole."""
    (folder / "reshelve.yaml").write_text(f"{STORES}{PLACES[where].replace('PLACE', place)}\n")
    came = call(folder, "validate")
    assert came.code == 1
    return came.err.strip().split("\n\n")


@pytest.mark.parametrize("where", PLACES)
def test_the_name_of_a_store_without_its_colon(tmp_path: Path, where: str) -> None:
    (told,) = faults(tmp_path, where, "lib")
    assert told.startswith("error[location]") and "'lib' is a store: a colon follows its name in a place." in told, told
    assert told.endswith('write "lib:"')


@pytest.mark.parametrize("where", PLACES)
def test_the_name_of_a_store_with_a_slash_behind_it(tmp_path: Path, where: str) -> None:
    (told,) = faults(tmp_path, where, "lib/{project}")
    assert told.endswith('write "lib:{project}"'), told


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("place", ["/mnt/attic", "~/attic", "./attic", "../attic"])
def test_a_path(tmp_path: Path, where: str, place: str) -> None:
    (told,) = faults(tmp_path, where, place)
    assert f"{place!r} is a path: a place begins with the name of a store." in told, told
    assert "below `stores:`" in told and "NAME:" in told, told


def test_what_names_nothing(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, "to", "attic")
    assert "'attic' names no store." in told and told.endswith('write "store:relative/path"'), told
