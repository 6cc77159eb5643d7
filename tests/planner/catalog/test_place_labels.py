"""The type, project and job of a file, by where it stands."""

from pathlib import Path

import pytest

from reshelve.planner.catalog.place_labels import PlaceLabels
from reshelve.schemas.documents.workspace_files import load_workspace

WORKSPACE = """version: 1
stores:
  inbox: {path: inbox}
  work: {paths: {a: wa, b: wb}}
  library: {path: library}
  deep: {path: deep}
projects: [{name: Acme Spring, in: "work:2026"}]
tiers:
  video:
    order:
      ssd: {at: "work:{range}/{project}"}
      cold: {at: "deep:{range}/{project}", form: tar.gz}
scan:
  inbox:
    rules:
      - name: images
        when: {media: image}
        place: "library:projects/{{ project }}/{{ job | lower }}/{{ filename }}"
      - name: others
        when: {media: video}
        place: "library:{% if year %}{{ year }}/{% endif %}{{ filename }}"
set: {project: none}
"""


@pytest.fixture
def labels(tmp_path: Path) -> PlaceLabels:
    file = tmp_path / "reshelve.yaml"
    file.write_text(WORKSPACE)
    return PlaceLabels(load_workspace(file, {}).workspace)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("library:projects/kai/J7/J7_1.png", ("image", "kai", "J7")),
        ("library:projects/kai/loose.png", ("image", None, None)),
        ("library:other/kai/J7/a.png", ("image", None, None)),
        ("work/a:2026/Acme Spring/cut.mov", ("video", "Acme Spring", None)),
        ("work/b:b00-b49/b40-old/raw/a.wav", ("audio", "b40-old", None)),
        ("deep:b00-b49/b40-old.tar.gz", ("other", "b40-old", None)),
        ("library:a.srt", ("subtitle", None, None)),
        ("library:no-ending", ("other", None, None)),
    ],
)
def test_a_place_tells(labels: PlaceLabels, place: str, told: tuple[str, str | None, str | None]) -> None:
    assert labels.of(place, None) == told


def test_its_own_facts_count_first(labels: PlaceLabels) -> None:
    assert labels.of("library:projects/kai/J7/a.png", {"job": "J8", "project": "b63"}) == ("image", "b63", "J8")  # type: ignore[typeddict-unknown-key]
