"""Which folders of a store another program keeps with its database."""

import pytest

from reshelve.planner.library.program_folders import ProgramFolders
from tests.support.readers import TreeReader, readers

HELD = ProgramFolders(
    readers(
        TreeReader(
            "library",
            {
                "Books/metadata.db": b"",
                "Books/Ann/Alpha/a.epub": b"a",
                "Media/iTunes/iTunes Library.itl": b"",
                "code/app/.git/HEAD": b"",
                "metadata.db": b"",
            },
        )
    )
)


@pytest.mark.parametrize(
    ("location", "folder"),
    [
        ("library:Books/b.epub", "library:Books"),
        ("library:Books/New/Beta/b.epub", "library:Books"),
        ("library:Media/iTunes/Music/a.mp3", "library:Media/iTunes"),
        ("library:Media/a.mp3", None),
        ("library:code/app/a.mp3", None),
        ("library:a.epub", None),
        ("library:New/a.epub", None),
    ],
)
def test_around(location: str, folder: str | None) -> None:
    found = HELD.around(location)
    assert (found and found[0]) == folder
    assert found is None or found[1] == "media library"
