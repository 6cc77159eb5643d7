"""What is not YAML is told in our words, at the line with the slip, with what to do; the parser's own reach nobody."""

import random
import re

import pytest

from reshelve.schemas.documents.yaml_reader import read
from reshelve.schemas.problems import Problem, ReshelveError

SOUND = """\
version: 1
stores:
  inbox: {path: inbox}
  films: {paths: [a, b], reserve: 1GB}
scan:
  inbox:
    exclude: ["*.part", .DS_Store]
    rules:
      - name: films
        when: {kind: movie}
        place: "films:{{ title }}/{{ filename }}"
      - name: rest
        review: true
"""
PLACE = '"films:{{ title }}/{{ filename }}"'
PARSERS = re.compile(
    r"expected|not allowed|scanning|parsing|token|indicator|stream|node content|simple key|flow (?:mapping|sequence)|"
    r"block (?:mapping|collection)|found (?:un|char|und)|\bcontext\b"
)
"""Words of the parser that say nothing to a person."""

SLIPS = [  # what stands in the sound document, what stands there instead, and the line, the fault and what to do
    ("    exclude", "\texclude", 7, "a tab cannot indent", "indent with spaces"),
    ("        when", "    \twhen", 10, "a tab cannot indent", "indent with spaces"),
    ("stores:", "\tstores:", 2, "a tab cannot indent", "indent with spaces"),
    ("        when", "\u00a0       when", 10, "begins with an odd space (U+00A0, no-break space)", "indent with plain spaces"),
    ('{{ filename }}"', "{{ filename }}", 11, 'the " that begins here is not closed', "close it at the end of the text"),
    ('"*.part",', '"*.part,', 7, 'the " that begins here is not closed', "close it at the end of the text"),
    ("review: true", 'review: "', 13, 'the " that begins here is not closed', "close it at the end of the text"),
    ('"*.part"', '"*."part""', 7, 'the " ends the text that began with one', "put the whole text in single quotes"),
    ('"*.part"', "'it's'", 7, "the ' ends the text that began with one", "put the whole text in double quotes"),
    ('{{ filename }}"', '{{ filename }}" and more', 11, "a text goes on behind its closing quote", "put all of it in the quotes"),
    ("path: inbox", 'path: "C:\\Users\\x"', 3, "in double quotes a \\ begins an escape", "in single quotes"),
    ('{{ filename }}"', '\\xZZ{{ filename }}"', 11, "in double quotes a \\ begins an escape", "in single quotes"),
    ("name: films", "name films", 9, "no colon follows name", "write name: films"),
    ("name: rest", "name rest", 12, "no colon follows name", "write name: rest"),
    ("place: " + PLACE, "place " + PLACE, 11, "no colon follows place", f"write place: {PLACE}"),
    ("review: true", "review true", 13, "no colon follows review", "write review: true"),
    ("review: true\n", "review", 13, "no colon follows review", "write review:"),
    ("version: 1", "version 1", 1, "no colon follows version", "write version: 1"),
    ("stores:", "stores", 2, "no colon follows stores", "write stores:"),
    ("    rules:", "    rules", 8, "no colon follows rules", "write rules:"),
    ("{kind: movie}", "{kind movie}", 10, "no colon follows kind", "write kind: movie"),
    ("{paths: [a, b]", "{paths [a, b]", 4, "no colon follows paths", "write paths: before the ["),
    ("name: films", "name:films", 9, "no space follows the colon of name", "write name: films"),
    ("review: true", "review:true", 13, "no space follows the colon of review", "write review: true"),
    ("{kind: movie}", "{kind:movie}", 10, "no space follows the colon of kind", "write kind: movie"),
    ("reserve: 1GB", "reserve:1GB", 4, "no space follows the colon of reserve", "write reserve: 1GB"),
    ("name: films", "name = films", 9, "a colon has to follow a key, not =", "write name: films"),
    ("name: films", ": films", 9, "no key is before this colon", "write the key before it"),
    ("name: films", "name: films: all", 9, "a text with a colon and a space in it", 'write name: "films: all"'),
    ("{kind: movie}", "{kind: a: b}", 10, "a text with a colon and a space in it", 'write kind: "a: b"'),
    ("- name: films", "-name: films", 9, "a space has to follow the dash", "write - name: films"),
    ("scan:", "// the scan\nscan:", 5, "a comment begins with #", "write # the scan"),
    ("scan:", "/* the scan */\nscan:", 5, "a comment begins with #", "write # the scan"),
    ("        when", "       when", 10, "its indentation of 7 spaces fits no line above it", "indent it by 8 spaces, as line 9"),
    ("        when", "         when", 10, "its indentation of 9 spaces fits no line", "indent it by 8 spaces, as line 9"),
    ("        review", "      review", 13, "its indentation of 6 spaces fits", "indent it by 8 spaces, as line 12; or begin"),
    ("      - name: rest", "     - name: rest", 12, "its indentation of 5 spaces", "indent it by 6 spaces, as line 9"),
    ("      - name: rest", "       - name: rest", 12, "its indentation of 7 spaces", "indent it by 6 spaces, as line 9"),
    ("  films: {", " films: {", 4, "its indentation of 1 space fits", "indent it by 2 spaces, as line 3"),
    ("version: 1", "version: 1\n  stores: 2", 2, "its indentation of 2 spaces fits", "begin it at the left edge, as line 1"),
    ("scan:", "- scan:", 5, "a list's item stands where a key is expected", "or remove the dash"),
    ("review: true", "review: |\n  true", 14, "the text that line 13 announces is not indented deeper", "indent it by 10 spaces"),
    (".DS_Store]", ".DS_Store", 7, "the [ that begins here is not closed", "close it with ]"),
    ("{path: inbox}", "{path: inbox", 3, "the { that begins here is not closed", "close it with }"),
    ("{kind: movie}", "{kind: movie", 10, "the { that begins here is not closed", "close it with }"),
    ("review: true\n", "review: {", 13, "the { that begins here is not closed", "close it with }"),
    ("[a, b]", "[a, b", 4, "the [ that begins here is not closed: a } comes first", "close it with ]"),
    ("{kind: movie}", "{kind: movie]", 10, "the { that begins here is not closed: a ] comes first", "close it with }"),
    (".DS_Store]", ".DS_Store]]", 7, "this ] closes nothing", "remove it"),
    ("{kind: movie}", "{kind: mo}vie}", 10, "a text goes on behind the closing }", "remove the }, if it closes too early"),
    ("{kind: movie}", "{kind: movie}}", 10, "this } closes nothing", "remove it"),
    ('"*.part", .DS', '"*.part" .DS', 7, "a comma is missing before .DS_Store", "write , .DS_Store"),
    ("[a, b], reserve", "[a, b] reserve", 4, "a comma is missing before reserve", "write , reserve"),
    ("{kind: movie}", "{kind: movie year: 5}", 10, "a comma is missing before year", "write , year"),
    ("{kind: movie}", "{kind: movie,, a: b}", 10, "nothing is before this comma", "remove it"),
    ("{kind: movie}", "{kind: #movie}", 10, "what follows # is a comment", 'write "#movie"'),
    ("path: inbox", "path: @inbox", 3, "a text that begins with @ has to be in quotes", 'write "@inbox"'),
    ("path: inbox", "path: %inbox", 3, "a text that begins with % has to be in quotes", 'write "%inbox"'),
    ("path: inbox", "path: `inbox", 3, "a text that begins with ` has to be in quotes", 'write "`inbox"'),
    ('"*.part"', "*.part", 7, "a text that begins with * has to be in quotes", 'write "*.part"'),
    ("name: films", "name: *films", 9, "*films is an alias to YAML", 'write "*films" if it is text'),
    ("name: films", "name: &films", 9, "&films is an anchor to YAML", 'write "&films" if it is text'),
    ("name: films", "name: !films", 9, "!films is a tag to YAML", 'write "!films" if it is text'),
    ("name: films", "name: !<x films", 9, "a text that begins with ! has to be in quotes", 'write "!<x"'),
    ("name: films", "name: |films", 9, "a text that begins with | has to be in quotes", 'write "|films"'),
    ("name: films", "name: >1GB", 9, "a text that begins with > has to be in quotes", 'write ">1GB"'),
    ("{kind: movie}", "{size: >1GB}", 10, "a text that begins with > has to be in quotes", 'write ">1GB"'),
    ("name: films", "name: ] films", 9, "a text that begins with ] has to be in quotes", 'write "] films"'),
    ("name: films", "name: , films", 9, "a text that begins with , has to be in quotes", 'write ", films"'),
    ("name: films", "name: ? films", 9, "a text that begins with ? has to be in quotes", 'write "? films"'),
    ("name: films", "name: - films", 9, "a list that begins with a dash stands below its key", "write [films]"),
    ("review: true", "review: |0\n  true", 13, "a number from 1 to 9 may follow | or >", "remove the 0"),
    ("version: 1", "%version 1", 1, "a line that begins with % is for YAML itself", "remove it"),
    ("version: 1", "%YAML 1.2\nversion: 1", 1, "a line that begins with % is for YAML itself", "remove it"),
    ("scan:", "...\nscan:", 5, "`...` ends a document", "remove it"),
    ("        when: {kind", "        name: x\n        when: {kind", 10, "already the key of line 9", "keep one of the two"),
]  # fmt: skip


def told(text: str) -> list[Problem]:
    try:
        read(text.encode("utf-8", "surrogatepass"), "reshelve.yaml")
    except ReshelveError as refused:
        return refused.problems
    return []


def test_the_sound_document_is_sound() -> None:
    assert not told(SOUND)


@pytest.mark.parametrize(("sound", "broken", "line", "detail", "hint"), SLIPS)
def test_a_slip_is_told_where_it_is_with_what_to_do(sound: str, broken: str, line: int, detail: str, hint: str) -> None:
    assert SOUND.count(sound) >= 1
    (problem,) = told(SOUND.replace(sound, broken, 1))
    assert problem.where is not None and problem.where.line == line, problem
    assert detail.lower() in problem.detail.lower()
    assert problem.hint.startswith(hint) or hint in problem.hint


@pytest.mark.slow
def test_the_parsers_own_words_are_never_told() -> None:
    dice = random.Random(14)
    pieces = [
        *":-[]{}\"'#,&*!|>%@`?\t\n \\=",
        ": ",
        "- ",
        "  ",
        "\n\n",
        "{{ x }}",
        "---\n",
        "...\n",
        "\u00a0",
        "<<: *a",
        "|0",
        "key",
    ]
    seen = 0
    for _ in range(6000):
        text = SOUND
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(text))
            text = text[:at] + dice.choice(pieces) + text[at + dice.choice((0, 0, 1, 2, 5)) :]
        for problem in told(text):
            seen += problem.code == "yaml-syntax"
            assert not PARSERS.search(problem.detail.replace("is expected", "")), (problem, text)
            assert problem.where is not None and problem.hint
            assert problem.where.line <= text.count("\n") + 1
    assert seen > 1000


def test_a_document_that_cannot_be_told_of_says_to_look_there() -> None:
    (problem,) = told('a: ["' + "k" * 2000 + '" "x"]\n')
    assert problem.detail == "The document cannot be read on from here." and "before it" in problem.hint
