"""Slips in templates: habits from elsewhere are told with how it is written here, and that is sound."""

import pytest

from reshelve.planner.rules.place_checks import place_faults
from reshelve.planner.rules.place_templates import PlaceTemplate
from reshelve.schemas.documents.layout_checks import Fault

PADDED = "{{ '%02d' % season }}"
PADDING = [
    "{{ season:02d }}",
    "{{ season:2 }}",
    "{{ season:>02 }}",
    "{{season|pad:2}}",
    "{{ season | pad 2 }}",
    "{{ season|zfill:2 }}",
    "{{ season|rjust(2, '0') }}",
    "{{ season|pad }}",
    "{{ season|string|pad(2) }}",
    "{{ season | 02d }}",
    "{{ season %02d }}",
    "{{ season.zfill(2) }}",
    "{{ season|format('02d') }}",
    "{{ f'{season:02d}' }}",
    "{{ pad(season, 2) }}",
    "{season:02d}",
    "${season:02d}",
    "%(season)02d",
]
OTHERS = [
    ("{season}", "{{ season }}"),
    ("${season}", "{{ season }}"),
    ("$season", "{{ season }}"),
    ("%(season)s", "{{ season }}"),
    ("<season>", "{{ season }}"),
    ("{season!r}", "{{ season }}"),
    ("{{ $season }}", "{{ season }}"),
    ("{{ season!r }}", "{{ season }}"),
    ("{{{ season }}}", "{{ season }}"),
    ("{{ title: }}", "{{ title }}"),
    ("{{ captured:%Y-%m }}", "{{ captured | date('%Y-%m') }}"),
    ("{{ captured | date: '%Y' }}", "{{ captured | date('%Y') }}"),
    ("{{ title ? 'a' : 'b' }}", "{{ 'a' if title else 'b' }}"),
    ("{{ own:03d }}", "{{ '%03d' % (own | int) }}"),
    ("{{ seq:04d }}", "{{ '%04d' % seq }}"),
]


def told(piece: str) -> Fault:
    (fault,) = place_faults(f"lib:{{{{ show }}}}/{piece}/{{{{ filename }}}}", ("place",), (), {"own"})
    return fault


@pytest.mark.parametrize(("piece", "meant"), [*((piece, PADDED) for piece in PADDING), *OTHERS])
def test_a_habit_from_elsewhere_is_told_with_how_it_is_written_here(piece: str, meant: str) -> None:
    fault = told(piece)
    assert fault.hint == f"write {meant}"
    assert fault.piece in (piece, piece.removesuffix("}") if piece.startswith("{{{") else piece)
    template = PlaceTemplate(f"lib:{meant}/{{{{ filename }}}}")
    values = {"season": 3, "title": "T", "captured": "2026-01-31T14:05:00+00:00", "own": "7", "filename": "a.mkv", "seq": 1}
    assert template.render(values)


@pytest.mark.parametrize(
    ("piece", "detail", "hint"),
    [
        ("{{ season", "a `{{` is not closed with `}}`", "write {{ season }}"),
        ("{{ season }", "a `{{` is not closed with `}}`", "write {{ season }}"),
        ("{{ }}", "nothing is in a `{{ }}`", "write a name in it, as in {{ title }}"),
        ("{% if season %}x", "`{% if %}` is not closed", "add {% endif %} after what belongs to it"),
        ("{{ season && title }}", "`&&` means nothing here", "write `and`"),
        ("{{ title # }}", "`#` means nothing here", None),
        ("{{ pad(season, 2 }}", "a `(` is not closed with `)`", "write {{ pad(season, 2) }}"),
        ("{{ title | replace('(', ')' }}", "a `(` is not closed with `)`", "write {{ title | replace('(', ')') }}"),
        ("{{ (title | upper)) }}", "a `)` closes nothing", "remove it, or write what it closes"),
        ("{{ episodes[0 }}", "a `[` is not closed with `]`", "write {{ episodes[0] }}"),
        ("{{ mtime | date('%Y) }}", "a text that begins with ' is not closed", "end it with '"),
        ("{% if (season > 1 %}x{% endif %}", "a `(` is not closed with `)`", "write {% if (season > 1) %}"),
        ("{{ title upper }}", "`upper` cannot stand where it does", None),
        ("{{ title | }}", "something is missing before its end", None),
    ],
)
def test_what_cannot_be_read_is_told_in_plain_words(piece: str, detail: str, hint: str | None) -> None:
    fault = told(piece)
    assert fault.detail == f"The template does not compile: {detail}."
    assert fault.hint == (hint or 'write it as in "library:{{ title }}/{{ filename }}"')


SOUND = ["{so}", "$5", "100%", "<b>", "{{ '%02d' | format(season) }}", "{{ '{:02d}'.format(season) }}", "{{ title.upper() }}"]


def test_what_is_no_habit_is_left_alone() -> None:
    for piece in SOUND:
        assert not list(place_faults(f"lib:{piece}/{{{{ filename }}}}", ("place",), (), ()))
