"""A rule that names a folder left alone otherwise has its way with it."""

from typing import Any

import pytest

from reshelve.planner.left_alone.known_names import Kind, tables
from reshelve.planner.left_alone.named_by_rules import asked_of, names
from reshelve.schemas.conditions import Condition

OF_NAMES = frozenset({"path", "name", "stem"})


def is_named(when: dict[str, Any], folder: str, kind: Kind | None = None) -> bool:
    kind = kind or tables().folders.kind(folder, top=False) or Kind("checkout", folder)
    return any(names(text, folder, kind) for text in asked_of(Condition.model_validate(when), OF_NAMES))


@pytest.mark.parametrize(
    ("when", "folder"),
    [
        ({"path": {"glob": "#recycle/*"}}, "#recycle"),
        ({"path": {"glob": ["x/*", "*/#Recycle/*"]}}, "#recycle"),
        ({"path": {"regex": r"(^|/)\$RECYCLE\.BIN/"}}, "$RECYCLE.BIN"),
        ({"path": {"regex": r"\.photoslibrary/originals/"}}, "Family.photoslibrary"),
        ({"path": {"glob": "*/Family.photoslibrary/*"}}, "Family.photoslibrary"),
        ({"all": [{"kind": "movie"}, {"any": [{"path": {"glob": "*/_UNPACK_*"}}]}]}, "_UNPACK_Film"),
        ({"path": {"glob": "*/my project/*"}}, "my project"),
        ({"path": {"regex": "(^|/)[.]trash-[0-9]+/"}}, ".Trash-1000"),
    ],
)
def test_named(when: dict[str, Any], folder: str) -> None:
    assert is_named(when, folder)


@pytest.mark.parametrize(
    ("when", "folder"),
    [
        ({}, "#recycle"),
        ({"kind": "movie"}, "#recycle"),
        ({"path": {"glob": "*"}}, "#recycle"),
        ({"not": {"path": {"glob": "*/#recycle/*"}}}, "#recycle"),
        ({"path": {"glob": "*/Camera/*"}}, "a"),
        ({"path": {"glob": "*/Cameras/*"}}, "camera"),
        ({"path": {"glob": "*.mkv"}}, ".hidden"),
        ({"title": "incomplete"}, "incomplete"),
    ],
)
def test_not_named(when: dict[str, Any], folder: str) -> None:
    assert not is_named(when, folder)


HELD = Kind("media library", "Books", held=True)


@pytest.mark.parametrize("text", ["^Books/", "(^|/)books/", "Books/Ann Oak/", "^x/Books$"])
def test_a_folder_told_by_what_it_holds_is_named_as_a_part_of_a_path(text: str) -> None:
    assert is_named({"path": {"regex": text}}, "Books", HELD)
    assert is_named({"path": {"glob": "*/Books/*"}}, "Books", HELD)


@pytest.mark.parametrize("text", ["(^|/)e?-?books?/", "^((books|comics)/|[^/]+/[^/]+/)", "my books/"])
def test_a_rule_for_all_such_folders_does_not_name_it(text: str) -> None:
    assert not is_named({"path": {"regex": text}}, "Books", HELD)
