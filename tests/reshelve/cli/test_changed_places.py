"""A rule whose place was changed: a show or film keeps its folder where the rule still files such, and only there."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay

WORKSPACE = """\
version: 1
stores: {{inbox: {{path: inbox}}, library: {{path: library}}}}
scan:
  inbox:
    rules:
      - name: episodes
        when: {{kind: episode, season: {{known: true}}}}
        place: "library:{shows}/{{{{ show }}}}/S{{{{ season }}}}/{{{{ filename }}}}"
      - name: films
        when: {{kind: movie, year: {{known: true}}}}
        place: "library:{films}/{{{{ title }}}} - {{{{ year }}}}/{{{{ filename }}}}"
"""
FILES = {
    "library/Movies/Heat (1995)/Heat.1995.mkv": "old",
    "library/TV/Nordlys/Season 01/Nordlys.S01E01.mkv": "one",
    "inbox/Heat.1995.2160p.mkv": "new",
    "inbox/Nordlys.S01E02.mkv": "two",
}


@pytest.mark.parametrize(
    ("shows", "films", "targets"),
    [
        ("TV", "Movies", ("Movies/Heat (1995)/Heat.1995.2160p.mkv", "TV/Nordlys/Season 01/Nordlys.S01E02.mkv")),
        ("Series", "Films", ("Films/Heat - 1995/Heat.1995.2160p.mkv", "Series/Nordlys/S1/Nordlys.S01E02.mkv")),
    ],
)
def test_a_folder_is_kept_where_the_rule_still_files_such(tmp_path: Path, shows: str, films: str, targets: tuple[str, ...]) -> None:
    lay(tmp_path, FILES, WORKSPACE.format(shows=shows, films=films))
    assert call(tmp_path, "scan").code == 0
    layout = (tmp_path / "layout.yaml").read_text()
    assert all(f'"library:{target}":' in layout for target in targets), layout
