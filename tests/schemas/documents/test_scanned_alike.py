"""`like:` in `scan:`: one list of rules, and the settings around it, for several stores."""

from pathlib import Path

import pytest

from reshelve import api
from tests.support.shellcalls import Came, call
from tests.support.shellplaces import lay

CARDS = """version: 1
stores:
  card1: {path: card1}
  card2: {path: card2}
  shoots: {path: shoots}
scan:
  card1:
    transfer: copy
    exclude: ["*.THM"]
    rules:
      - name: clips
        when: {media: video}
        place: "shoots:{{ store }}/{{ filename }}"
  card2: {like: card1}
"""
FILES = {"card1/C0001.MP4": "one", "card1/C0001.THM": "t", "card2/C0001.MP4": "two", "card2/doc.bin": "x", "shoots/": ""}


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    (tmp_path / "shoots").mkdir()
    return lay(tmp_path, {name: text for name, text in FILES.items() if text}, CARDS)


def problems(place: Path, workspace: str) -> list[tuple[int, str, str]]:
    (place / "reshelve.yaml").write_text(workspace)
    found = [event for event in call(place, "validate", "--json").events if event["type"] == "problem"]
    return [(one["where"]["line"], one["detail"], one.get("hint", "")) for one in found]


def test_the_rules_and_settings_of_one_store_hold_of_another(cards: Path) -> None:
    layout = api.open_workspace(cards).layouts.scan().layout
    assert {target: (entry.source, entry.transfer) for target, entry in layout.files.items()} == {
        "shoots:card1/C0001.MP4": ("card1:C0001.MP4", "copy"),
        "shoots:card2/C0001.MP4": ("card2:C0001.MP4", "copy"),
    }
    assert [item.source for item in layout.review] == ["card2:doc.bin"]


def test_a_rule_is_cited_at_its_own_line_for_both(cards: Path) -> None:
    for card in ("card1", "card2"):
        assert "* rule clips (reshelve.yaml:11): holds" in call(cards, "explain", f"{card}:C0001.MP4").out


def test_keys_of_its_own_go_before_those_of_the_other(cards: Path) -> None:
    own = "{like: card1, transfer: move, exclude: [], rules: [{name: rest, leave: true}]}"
    (cards / "reshelve.yaml").write_text(CARDS.replace("{like: card1}", own))
    scan = api.open_workspace(cards).workspace.scan["card2"]
    assert (scan.transfer, scan.exclude, [rule.name for rule in scan.rules]) == ("move", [], ["rest"])
    (cards / "reshelve.yaml").write_text(CARDS.replace("{like: card1}", "{like: card1, transfer: move}"))
    scan = api.open_workspace(cards).workspace.scan["card2"]
    assert (scan.transfer, scan.exclude, [rule.name for rule in scan.rules]) == ("move", ["*.THM"], ["clips"])


def test_a_fault_of_the_rules_is_told_once_where_they_are_written(cards: Path) -> None:
    assert problems(cards, CARDS.replace("{{ store }}", "{{ stroe }}"))[0][0] == 13
    assert len(problems(cards, CARDS.replace("{{ store }}", "{{ stroe }}"))) == 1
    assert not problems(cards, CARDS)


@pytest.mark.parametrize(
    ("like", "detail", "hint"),
    [
        ("crad1", "`scan:` has no 'crad1'", "did you mean card1?"),
        ("card2", "a store is not scanned like itself", ""),
        ("shoots", "`scan:` has no 'shoots'", "it has card1"),
    ],
)
def test_what_it_cannot_be_like_is_told_at_its_line(cards: Path, like: str, detail: str, hint: str) -> None:
    (found,) = problems(cards, CARDS.replace("{like: card1}", f"{{like: {like}}}"))
    assert found[0] == 14 and detail in found[1] and hint in found[2]


def test_one_that_is_like_another_is_no_example_itself(cards: Path) -> None:
    (found,) = problems(
        cards, CARDS.replace("  shoots: {path", "  card3: {path: card3}\n  shoots: {path") + "  card3: {like: card2}\n"
    )
    assert found[0] == 16 and "'card2' is like card1 itself" in found[1] and found[2] == "write like: card1"


def test_a_rule_that_review_makes_goes_to_the_list_that_both_have(cards: Path) -> None:
    for card in ("card1", "card2"):
        for number in range(3):
            (cards / card / f"note_{number}.txt").write_text(card)
    assert call(cards, "scan").code == 0
    came: Came = call(cards, "review", answers="!\nshoots:Notes/{{ store }}/\n1\nq\n")
    assert "named like note_….txt, 5 more files to review" in came.out, came.out
    assert "  Added rule note-txt to reshelve.yaml, for card1 and card2.\n" in came.out
    rules = (cards / "reshelve.yaml").read_text().partition("    rules:\n")[2]
    assert rules.startswith("      - name: note-txt\n") and rules.count("note-txt") == 1
    assert call(cards, "scan").code == 0
    assert (cards / "layout.yaml").read_text().count("shoots:Notes/card2/note_") == 3


def test_a_rule_learned_from_both_is_offered_once(cards: Path) -> None:
    for card in ("card1", "card2"):
        for number in range(3):
            (cards / card / f"note_{card}_{number}.txt").write_text(card)
    assert call(cards, "scan").code == 0
    answers = "".join(["shoots:Notes/\n"] * 7) + "\nno\nno\n"
    came = call(cards, "review", answers=answers)
    names = [line.partition("name: ")[2] for line in came.out.splitlines() if "- name: " in line]
    assert len(names) == len(set(names))


def test_init_says_how(tmp_path: Path) -> None:
    assert call(tmp_path, "init").code == 0
    text = (tmp_path / "reshelve.yaml").read_text()
    assert "# Another folder with the same rules: a store of its own above, and here `NAME: {like: inbox}`." in text
    more = text.replace("  inbox: {path: inbox}\n", "  inbox: {path: inbox}\n  more: {path: more}\n").replace(
        "scan:\n", "scan:\n  more: {like: inbox}\n"
    )
    assert not problems(tmp_path, more)
