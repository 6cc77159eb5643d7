"""Where a quote is missing, the problem stands at the text that lacks it, and says what to write."""

import pytest

from reshelve.schemas.documents.yaml_reader import read
from reshelve.schemas.problems import ReshelveError

PLACE = "TV/{{ show }}/{{ filename }}"


@pytest.mark.parametrize(
    ("text", "spot", "hint"),
    [
        (f"place: {PLACE[3:]}\n", (1, 8), f'write place: "{PLACE[3:]}"'),
        (f"a: b\nplace: library: {PLACE[3:]}\n", (2, 8), f'write place: "library: {PLACE[3:]}"'),
        (f"- {{name: a, place: library:{PLACE}}}\n", (1, 20), f'write place: "library:{PLACE}"'),
        (f'- {{name: a, place: library:{PLACE}"}}\n', (1, 20), f'write place: "library:{PLACE}"'),
        (f'place: "library:{PLACE}\nother: x\n', (1, 8), "close it at the end of the text"),
        (f'place: "library:{PLACE}\nother: "x"\n', (1, 8), "close it at the end of the text"),
        (f'when: {{name: "*.mkv}}\nplace: "library:{PLACE}"\n', (1, 14), "close it at the end of the text"),
        ("place: 'a/{{ '%02d' % season }}'\n", (1, 8), "write place: \"a/{{ '%02d' % season }}\""),
        (
            """place: "a/{{ mtime | date("%Y") }}-{{ '%03d' % seq }}"\n""",
            (1, 8),
            """write place: 'a/{{ mtime | date("%Y") }}-{{ ''%03d'' % seq }}'""",
        ),
        ("when: {name: *.mkv}\n", (1, 14), 'write "*.mkv"'),
        ("place: @library\n", (1, 8), 'write "@library"'),
        ('when: {regex: "(\\d+)"}\n', (1, 17), "write the text in single quotes: '…'"),
        ("files:\n  'tv:a: {from: x}\n", (2, 3), "close it at the end of the text"),
        (f'place: library:{PLACE}"\n', (1, 8), f'write "library:{PLACE}"; or, if the " belongs to it, \'library:{PLACE}"\''),
        ('files:\n  tv:a.mkv": {from: x}\n', (2, 3), """write "tv:a.mkv"; or, if the " belongs to it, 'tv:a.mkv"'"""),
    ],
)
def test_a_missing_quote_is_told_where_it_is_missing(text: str, spot: tuple[int, int], hint: str) -> None:
    with pytest.raises(ReshelveError) as raised:
        read(text.encode(), "reshelve.yaml")
    (problem,) = raised.value.problems
    assert problem.where is not None
    assert ((problem.where.line, problem.where.column), problem.hint) == (spot, hint)


@pytest.mark.parametrize(
    "text",
    [
        "title: rock 'n' roll\nother: {a: b\n",
        "title: don't\n- a\n",
        'title: 12" single\nother: [a\n',
        "a: b\n  c: d\n",
        '- {place: "a/{{ b }}", name: "c"\nd: e\n',
    ],
)
def test_no_quote_is_blamed_for_what_is_another_fault(text: str) -> None:
    with pytest.raises(ReshelveError) as raised:
        read(text.encode(), "reshelve.yaml")
    assert "quote" not in raised.value.problems[0].detail


@pytest.mark.parametrize("text", ['title: 12"\n', "title: The Boys'\n", 'note: a "b"\n', "note: 'it: is\"'\n", 'a: "b:c"\n'])
def test_a_quote_that_may_belong_to_a_text_is_left_alone(text: str) -> None:
    read(text.encode(), "reshelve.yaml")


@pytest.mark.parametrize("key", ['"{}"', "'{}'", "{}"])
@pytest.mark.parametrize("shape", ["files:\n  {}:\n    from: x\n", "files: {{{}: x}}\n"])
def test_a_key_too_long_for_a_line_is_told_as_that(key: str, shape: str) -> None:
    with pytest.raises(ReshelveError) as refused:
        read(shape.format(key.format("lib:" + "k" * 1100)).encode(), "layout.yaml")
    (problem,) = refused.value.problems
    assert "announced with a ?" in problem.detail and problem.where is not None
    assert (problem.where.line, problem.where.column) == ((2, 3) if shape.startswith("files:\n") else (1, 9))
    announced = read(f"files:\n  ? {key.format('lib:' + 'k' * 1100)}\n  : x\n".encode(), "layout.yaml")
    assert announced is not None


def test_of_a_line_too_long_to_show_no_quote_is_said_to_be_open() -> None:
    with pytest.raises(ReshelveError) as refused:
        read(f'a: ["{"k" * 2000}" "x"]\n'.encode(), "layout.yaml")
    assert "not closed" not in refused.value.problems[0].detail
