"""`review`: going back to an earlier question. What that takes back is shown first, and nothing is written without a yes."""

from pathlib import Path

import pytest

from tests.reshelve.cli.test_review import COMMENTED, SCANS, SUGGESTED, place, review, text
from tests.support.shellcalls import Meanwhile, call

TWO = {"inbox/a.bin": "a", "inbox/b.bin": "b"}


def documents(folder: Path) -> tuple[str, str]:
    return text(folder), text(folder, "reshelve.yaml")


def test_an_answer_is_taken_back_and_the_question_asked_again(tmp_path: Path) -> None:
    place(tmp_path, TWO)
    before = documents(tmp_path)
    came = review(tmp_path, "projects:Wrong/", "b", "yes", "q")
    assert "Back to 1 of 2: inbox:a.bin. This takes back:\n    filed at projects:Wrong/a.bin\n" in came.out
    assert came.out.count("1 of 2: inbox:a.bin\n") == 2 and "0 files decided, 2 left." in came.out and "Next:" not in came.out
    assert documents(tmp_path) == before


def test_nothing_is_written_before_the_yes(tmp_path: Path) -> None:
    place(tmp_path, TWO)
    came = review(tmp_path, "projects:Right/", "back", "no", "leave")
    assert "2 files decided, 0 left." in came.out
    assert '"projects:Right/a.bin"' in text(tmp_path) and 'leave:\n  - "inbox:b.bin"' in text(tmp_path)
    assert came.out.count("1 of 2: inbox:a.bin\n") == 1 and came.out.count("2 of 2: inbox:b.bin\n") == 2


def test_the_last_answer_ends_it(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/a.bin": "a"})
    came = review(tmp_path, "leave")
    assert "1 file decided, 0 left." in came.out and came.err.count("a place: ") == 1


def test_the_last_answer_is_taken_back_too_as_often_as_one_likes(tmp_path: Path) -> None:
    place(tmp_path, TWO)
    before = documents(tmp_path)
    came = review(tmp_path, "leave", "leave", "what", "?", "b", "yes", "b", "yes", "q")
    assert came.err.count("That was the last question. Enter ends, b goes back one: ") == 3, came.err
    assert "  Not an answer: what." in came.out and "  Enter       end here" in came.out
    assert "0 files decided, 2 left." in came.out and documents(tmp_path) == before
    kept = review(tmp_path, "leave", "leave", "b", "no", "")
    assert "2 files decided, 0 left." in kept.out


def test_where_nothing_was_answered_nothing_is_asked_at_the_end(tmp_path: Path) -> None:
    place(tmp_path, TWO)
    assert "That was the last question" not in review(tmp_path, "s", "s").err


def test_what_was_skipped_is_asked_again_at_once(tmp_path: Path) -> None:
    place(tmp_path, TWO)
    came = review(tmp_path, "s", "b", "projects:A/", "q")
    assert "takes back" not in came.out and came.out.count("1 of 2: inbox:a.bin\n") == 2
    assert '"projects:A/a.bin"' in text(tmp_path)


def test_before_the_first_question_is_nothing(tmp_path: Path) -> None:
    place(tmp_path, TWO)
    came = review(tmp_path, "b", "s", "q")
    assert "  This is the first question.\n" in came.out and "0 files decided, 2 left." in came.out


def test_it_goes_back_as_far_as_one_likes_with_what_travels_along(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/Heat.mkv": "h", "inbox/Heat.en.srt": "s", "inbox/b.bin": "b", "inbox/c.bin": "c"})
    before = documents(tmp_path)
    came = review(tmp_path, "movies:Heat/", "leave", "b", "yes", "b", "yes", "q")
    assert "filed at movies:Heat/Heat.mkv, and 1 more file with it" in came.out, came.out
    assert "0 files decided, 4 left." in came.out and documents(tmp_path) == before


def test_a_rule_that_an_answer_made_goes_with_it_and_what_it_would_file_is_asked_about(tmp_path: Path) -> None:
    place(tmp_path, {**SCANS, "inbox/zz.bin": "z"})
    before = documents(tmp_path)
    came = review(tmp_path, "!", "projects:Scans/", "1", "b", "yes", "s", "q")
    assert "    filed at projects:Scans/scan_0.pdf\n    rule scan-pdf in reshelve.yaml\n" in came.out
    assert "2 of 6: inbox:scan_1.pdf" in came.out and "0 files decided, 6 left." in came.out and "rule made" not in came.out
    assert documents(tmp_path) == before


def test_a_workspace_that_was_changed_meanwhile_keeps_rule_and_answer(tmp_path: Path) -> None:
    place(tmp_path, {**SCANS, "inbox/zz.bin": "z"})

    def edit(answer: int) -> None:
        if answer == 3:
            (tmp_path / "reshelve.yaml").write_text(text(tmp_path, "reshelve.yaml") + "# mine\n")

    came = call(tmp_path, "review", answers=Meanwhile("!\nprojects:Scans/\n1\nb\nyes\nq\n", edit))
    assert "error[document-changed]" in came.err and "# mine" in text(tmp_path, "reshelve.yaml")
    assert '"projects:Scans/scan_0.pdf"' in text(tmp_path) and "scan-pdf" in text(tmp_path, "reshelve.yaml")
    assert "1 file decided, 5 left, 1 rule made." in came.out


def test_an_entry_that_was_changed_meanwhile_stays(tmp_path: Path) -> None:
    place(tmp_path, TWO)

    def edit(answer: int) -> None:
        if answer == 1:
            (tmp_path / "layout.yaml").write_text(text(tmp_path).replace("projects:Wrong/", "projects:Mine/"))

    came = call(tmp_path, "review", answers=Meanwhile("projects:Wrong/\nb\nyes\nq\n", edit))
    assert "error[decided-meanwhile]" in came.err and '"projects:Mine/a.bin"' in text(tmp_path)


def test_comments_and_notes_come_back_too(tmp_path: Path) -> None:
    place(tmp_path, TWO)
    mine = text(tmp_path).replace('  - {from: "inbox:a.bin"', '  # ask Ann\n  - {from: "inbox:a.bin", note: "hers?"')
    (tmp_path / "layout.yaml").write_text(mine)
    assert call(tmp_path, "fmt").code == 0
    before = text(tmp_path)
    assert "# ask Ann" in before and "hers?" in before
    review(tmp_path, "projects:A/", "b", "yes", "q")
    assert text(tmp_path) == before
    review(tmp_path, "leave", "b", "yes", "q")
    assert text(tmp_path) == before


@pytest.mark.parametrize("answers", [("!", "b"), ("edit", "b"), ("!", "movies:{{ title }}/", "back")])
def test_b_goes_back_from_every_question_within_one(tmp_path: Path, answers: tuple[str, ...]) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x", "inbox/zzz.bin": "z"}, SUGGESTED)
    before = documents(tmp_path)
    came = review(tmp_path, *answers, "q")
    assert came.err.count("accept/edit/always/leave/skip/back/quit/?, or a place: ") == 2 and documents(tmp_path) == before


def test_with_json_it_is_an_event(tmp_path: Path) -> None:
    place(tmp_path, TWO, COMMENTED)
    came = call(tmp_path, "review", "--json", answers="projects:Wrong/\nb\nyes\nq\n")
    kinds = [event["type"] for event in came.events]
    assert kinds[3:5] == ["decided", "undecided"] and came.events[4]["from"] == "inbox:a.bin"
    assert "takes back" in came.err and came.events[-1]["decided"] == 0


def test_the_answers_tell_of_it(tmp_path: Path) -> None:
    place(tmp_path, TWO)
    assert "  b, back     go back one question; what that takes back is shown first\n" in review(tmp_path, "?", "q").out
    assert "b back" in call(tmp_path, "review", "--help").out


def test_a_letter_behind_a_suggestion_is_part_of_the_place(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x"}, SUGGESTED)
    came = review(tmp_path, "edit", "movies:Xyz (1999)/q", "q")
    assert "movies:Xyz (1999)/q/xyz.bin" in text(tmp_path), came
