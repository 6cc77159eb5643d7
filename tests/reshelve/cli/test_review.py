"""`review`: accept, edit, leave, skip, and always do this; and rules out of what was filed alike."""

from pathlib import Path

import pytest

from tests.support.shellcalls import Came, call
from tests.support.shellplaces import WORKSPACE, lay

COMMENTED = WORKSPACE.replace("    rules:\n", "    rules:   # the first that matches\n      # episodes first\n")
SCANS = {f"inbox/scan_{n}.pdf": str(n) for n in range(5)}
RECORDED = '{"from": "inbox:xyz.bin", "kind": "movie", "title": "Xyz", "year": 1999, "confidence": 0.5, "reason": "perhaps"}\n'


def place(folder: Path, files: dict[str, str], workspace: str = COMMENTED) -> Path:
    lay(folder, files, workspace)
    (folder / "answers.ndjson").write_text(RECORDED)
    assert call(folder, "scan", *(["--suggest"] if "suggest:" in workspace else [])).code == 0
    return folder


def review(folder: Path, *lines: str) -> Came:
    return call(folder, "review", answers="".join(f"{line}\n" for line in lines))


def text(folder: Path, name: str = "layout.yaml") -> str:
    return (folder / name).read_text()


SUGGESTED = COMMENTED + "suggest: {provider: recorded, model: tiny, answers: answers.ndjson}\n"


def test_a_suggestion_is_shown_accepted_and_remembers_whose_it_was(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x"}, SUGGESTED)
    assert "suggestion: {to: " in text(tmp_path)
    came = review(tmp_path, "accept")
    assert "suggestion: movies:Xyz (1999)/xyz.bin (50% sure)" in came.out
    assert "because: suggested by tiny: perhaps (0.50, rule films" in came.out
    assert 'because: "your answer, suggested by tiny: perhaps' in text(tmp_path) and "mark" not in text(tmp_path)
    assert "facts: {kind: movie, title: Xyz, year: 1999}" in text(tmp_path)
    call(tmp_path, "scan")
    assert "movies:Xyz (1999)/xyz.bin" in text(tmp_path)


def test_a_suggestion_is_edited(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x"}, SUGGESTED)
    came = review(tmp_path, "edit", "movies:Xyz (2000)/", "q")
    assert "[movies:Xyz (1999)/xyz.bin] place: " in came.err
    assert '"movies:Xyz (2000)/xyz.bin":' in text(tmp_path) and 'because: "your answer"' in text(tmp_path)


def test_what_cannot_be_is_refused_and_asked_again(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x"}, SUGGESTED)
    came = review(tmp_path, "edit", "movies:../../etc/", "nowhere:x/", "edit", "/etc/passwd", "skip")
    assert (
        "  Not a place: /etc/passwd. Answer " in came.out
        and came.err.count("error[bad-location]") == 1
        and "error[no-such-store]" in came.err
    )
    assert "0 files decided, 1 left." in came.out


def test_a_question_mark_says_what_each_answer_does_and_asks_again(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x"}, SUGGESTED)
    before = text(tmp_path)
    came = review(tmp_path, "?", "skip")
    assert came.code == 0 and "a, accept" in came.out and "bad-location" not in came.err
    assert "0 files decided, 1 left." in came.out and text(tmp_path) == before


def test_always_makes_a_rule_and_asks_about_nothing_it_files(tmp_path: Path) -> None:
    place(tmp_path, {**SCANS, "inbox/xyz.bin": "x"})
    came = review(tmp_path, "always", "projects:Scans/", "1", "q")
    assert "1  named like scan_….pdf, 4 more files to review -> projects:Scans/{{ filename }}" in came.out
    assert (
        "  Added rule scan-pdf to reshelve.yaml.\n  -> projects:Scans/scan_0.pdf\n" in came.out
        and "6 of 6: inbox:xyz.bin" in came.out
        and "2 of 6" not in came.out
    )
    assert "1 file decided, 5 left, 1 rule made." in came.out and "Next: reshelve scan, then reshelve plan" in came.out
    assert text(tmp_path, "reshelve.yaml") == COMMENTED.replace(
        "      # episodes first\n",
        "      - name: scan-pdf\n"
        "        when: {name: {regex: '^scan_\\d+\\.pdf$'}}\n"
        '        place: "projects:Scans/{{ filename }}"\n'
        "      # episodes first\n",
    )
    call(tmp_path, "scan")
    assert text(tmp_path).count('"projects:Scans/scan_') == 5 and "inbox:xyz.bin" in text(tmp_path)


def test_what_is_no_place_is_told_and_how_to_go_back(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/scan_1.pdf": "1", "inbox/scan_2.pdf": "2"})
    came = review(tmp_path, "!", "l", "!", "2", "b", "leave", "q")
    assert came.out.count(":FOLDER/, or b to go back.") == 3 and "bad-location" not in came.err
    assert "always where? a place (b goes back): " in came.err and "1 file decided, 1 left." in came.out


def test_always_for_just_this_one(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/scan_1.pdf": "1", "inbox/scan_2.pdf": "2"})
    before = text(tmp_path, "reshelve.yaml")
    came = review(tmp_path, "!", "projects:Scans/", "y", "9", "", "projects:Renamed.pdf", "q")
    assert came.out.count("  Not a number from 1 to ") == 2 and "2 files decided, 0 left." in came.out
    assert text(tmp_path, "reshelve.yaml") == before


@pytest.mark.parametrize(
    ("name", "place_", "why"),
    [
        ("scan_1.pdf", "projects:Renamed.pdf", "the file would get another name, and a rule can give one only with {{ }}"),
        ("README", "projects:Docs/", "nothing tells files like it from others"),
    ],
)
def test_where_no_rule_can_be_made_nothing_is_filed_and_it_asks_again(tmp_path: Path, name: str, place_: str, why: str) -> None:
    place(tmp_path, {f"inbox/{name}": "1", "inbox/z.bin": "2"})
    before = text(tmp_path), text(tmp_path, "reshelve.yaml")
    came = review(tmp_path, "!", place_, "skip", "skip")
    assert "No rule can be made of that (" in came.out and "), and nothing was filed." in came.out, came.out
    assert why in came.out and "0 files decided, 2 left." in came.out
    assert (text(tmp_path), text(tmp_path, "reshelve.yaml")) == before


def test_an_answer_that_ends_in_a_star_is_for_the_rest_of_the_folder(tmp_path: Path) -> None:
    files = {f"inbox/old/scan_{n}.pdf": str(n) for n in range(4)} | {"inbox/new/a.pdf": "a", "inbox/z.pdf": "z", "inbox/y.pdf": "y"}
    place(tmp_path, files)
    before = text(tmp_path)
    came = review(tmp_path, "l*", "projects:Old/*", "b", "yes", "s*", "b", "s", "projects:Old/ *", "l*", "q")
    assert "in this folder, for this reason: 3 more files; to answer for all, end with *, as in l*" in came.out, came.out
    assert "  -> projects:Old/scan_0.pdf, and 3 more files with it" in came.out
    assert "filed at projects:Old/scan_0.pdf, and 3 more files with it" in came.out
    written = text(tmp_path)
    assert all(f'"projects:Old/scan_{n}.pdf"' in written for n in (1, 2, 3)) and "projects:Old/scan_0.pdf" not in written
    assert written != before and "scan_0" in written


def test_a_star_files_all_or_nothing(tmp_path: Path) -> None:
    place(tmp_path, {f"inbox/{folder}/{n}.pdf": folder + n for folder in ("a", "b") for n in ("1", "2")})
    came = review(tmp_path, "s", "projects:X/", "projects:X/*", "l*", "q")
    assert came.err.count("error[target-taken]") == 1 and "3 files decided, 1 left." in came.out, came


def test_a_place_needs_no_store_where_only_one_is_filed_into(tmp_path: Path) -> None:
    one = "version: 1\nstores: {inbox: {path: inbox}, library: {path: projects}}\nscan: {inbox: {rules: []}}\n"
    place(tmp_path, {"inbox/a.pdf": "a", "inbox/b.pdf": "b", "inbox/c.pdf": "c"}, one)
    came = review(tmp_path, "y/n", "/tmp/", "Docs/2010/", "Docs/", "Docs/Letter.pdf", "q")
    assert came.out.count("Not an answer: ") == 2, came.out
    filed = text(tmp_path)
    assert all(f'"library:Docs/{name}"' in filed for name in ("2010/a.pdf", "b.pdf", "Letter.pdf")), filed


def test_braces_in_an_answer_are_filled_in_with_what_is_known(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/Nordlys 2x03 extra cut of it.pdf": "x"})
    came = review(
        tmp_path, "projects:TV/{{ nothing }}/", "projects:TV/{{ show }/", "projects:TV/{{ mtime }}/", "projects:{{ ext }}/", "q"
    )
    assert came.err.count("error[bad-place]") == 3, came.err
    assert "nothing is not known" in came.err and "Known of it: " in came.err and "does not compile" in came.err
    assert "  -> projects:pdf/Nordlys 2x03 extra cut of it.pdf\n" in came.out
    assert "{{" not in text(tmp_path)


def test_a_rule_may_have_single_braces_in_its_place(tmp_path: Path) -> None:
    place(tmp_path, {f"inbox/scan_{n}.pdf": str(n) for n in range(3)})
    assert "-> projects:It {imdb-tt1}/{{ filename }}" in review(tmp_path, "!", "projects:It {imdb-tt1}/", "1", "q").out
    call(tmp_path, "scan")
    assert text(tmp_path).count('"projects:It {imdb-tt1}/scan_') == 3


def test_a_suggestion_with_braces_in_its_name_is_meant_as_it_stands(tmp_path: Path) -> None:
    layout = 'version: 1\nreview:\n  - {from: "inbox:{{ a.bin", suggestion: {to: "movies:{{ a.bin"}}\n'
    lay(tmp_path, {"inbox/{{ a.bin": "x"}, COMMENTED)
    (tmp_path / "layout.yaml").write_text(layout)
    assert '"movies:{{ a.bin":' in (review(tmp_path, "accept"), text(tmp_path))[1]
    (tmp_path / "layout.yaml").write_text(layout)
    assert '"movies:{{ a.bin":' in (review(tmp_path, "edit", ""), text(tmp_path))[1]


def test_always_with_braces_makes_the_rule_that_was_written(tmp_path: Path) -> None:
    place(tmp_path, {f"inbox/scan_{n}.pdf": str(n) for n in range(3)})
    came = review(tmp_path, "!", "projects:Scans/{{ ext }}/", "1", "q")
    assert "2 more files to review -> projects:Scans/{{ ext }}/{{ filename }}" in came.out
    assert "  -> projects:Scans/pdf/scan_0.pdf\n" in came.out
    assert 'place: "projects:Scans/{{ ext }}/{{ filename }}"' in text(tmp_path, "reshelve.yaml")
    call(tmp_path, "scan")
    assert text(tmp_path).count('"projects:Scans/pdf/scan_') == 3


def test_a_name_with_the_extension_of_another_medium_says_why_it_is_refused(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/odd.mkv": "x"})
    came = review(tmp_path, "movies:Odd.mp4", "q")
    assert "'odd.mkv' is a .mkv, and a new name does not make it a .mp4." in came.err
    assert "end it with .mkv; for a folder of that name, write movies:Odd.mp4/" in came.err


@pytest.mark.parametrize(
    "rules",
    [
        'rules: [{name: films, when: {kind: movie}, place: "movies:{{ filename }}"}]',
        "rules: []",
        "tidy: false",
    ],
)
def test_where_the_text_does_not_allow_it_the_lines_are_shown(tmp_path: Path, rules: str) -> None:
    workspace = f"version: 1\nstores: {{inbox: {{path: inbox}}, movies: {{path: movies}}}}\nscan:\n  inbox:\n    {rules}\n"
    place(tmp_path, {"inbox/scan_1.pdf": "1"}, workspace)
    came = review(tmp_path, "always", "movies:S/", "1", "movies:S/", "q")
    assert "error[rules-not-a-list]" in came.err and "Add it by hand, before the others" in came.err
    assert "- name: scan-pdf" in came.err and 'place: "movies:S/{{ filename }}"' in came.err
    assert text(tmp_path, "reshelve.yaml") == workspace and '"movies:S/scan_1.pdf"' in text(tmp_path)


def test_windows_line_ends_and_other_indents_stay(tmp_path: Path) -> None:
    rows = ["version: 1", "stores: {inbox: {path: inbox}, movies: {path: movies}}", "scan:", "    inbox:", "        rules:"]
    rows += [
        "        - name: films",
        "          when: {kind: movie, year: {known: true}}",
        '          place: "movies:{{ filename }}"',
        "",
    ]
    lay(tmp_path, {"inbox/scan_1.pdf": "1"}, "")
    (tmp_path / "reshelve.yaml").write_bytes("\r\n".join(rows).encode())
    assert call(tmp_path, "scan").code == 0
    assert "Added rule" in review(tmp_path, "always", "movies:S/", "1").out
    written = (tmp_path / "reshelve.yaml").read_bytes()
    assert written.count(b"\r\n") == len(rows) - 1 + 3 and b"\r\n        - name: scan-pdf\r\n" in written and b"\n\n" not in written


def test_files_filed_alike_become_an_offered_rule(tmp_path: Path) -> None:
    place(tmp_path, SCANS)
    came = review(tmp_path, *(["projects:Scans/"] * 3), "q", "no")
    assert "You filed 3 files named like scan_….pdf under projects:Scans/{{ filename }}." in came.out
    assert r"regex: '^scan_\d+\.pdf$'" in came.out or r"^scan_\\d+\\.pdf$" in came.out, came.out
    assert "scan-pdf" not in text(tmp_path, "reshelve.yaml")
    assert "You filed" not in review(tmp_path, "q").out
    (tmp_path / ".reshelve" / "declined.json").unlink()
    came = review(tmp_path, "q", "yes")
    assert "Added rule scan-pdf to reshelve.yaml." in came.out
    call(tmp_path, "scan")
    assert text(tmp_path).count('"projects:Scans/scan_') == 5
    came = review(tmp_path)
    assert came.out == "Nothing to review.\n" and came.code == 0


def test_a_place_without_a_slash_is_the_folder_that_it_looks_like(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x", "inbox/README": "y"})
    came = review(tmp_path, "projects:Misc", "projects:Misc/", "projects:Vol.2", "projects:Misc")
    assert "  -> projects:Misc/xyz.bin\n" in came.out and "  -> projects:Misc/README\n" in came.out
    assert came.err.count("error[folder-or-file]") == 2
    assert "For a folder, write projects:Misc/;" in came.err and "'Vol.2' ends in .2" in came.err


def test_rules_that_would_take_what_others_decide_are_not_offered(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/a/odd.mkv": "x", "inbox/Nordlys.S01E02.mkv": "two", "inbox/b.bin": "z"})
    came = review(tmp_path, "!", "projects:Odd/", "1", "q")
    assert "  1  in a/, no other file now -> projects:Odd/{{ filename }}" in came.out
    refused = "not offered: ending in .mkv, for it would also take 1 file of the layout, filed already or not, that other rules or"
    assert f"{refused} answers decide: inbox:Nordlys.S01E02.mkv\n" in came.out
    assert "a/*" in text(tmp_path, "reshelve.yaml")


def test_a_rule_that_is_not_offered_counts_files_that_were_filed_as_such(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/odd.mkv": "x", "inbox/Nordlys.S01E02.mkv": "two", "inbox/Nordlys.S01E03.mkv": "three"})
    assert call(tmp_path, "apply", "--yes").code == 0 and call(tmp_path, "scan").code == 0
    assert [file.name for file in (tmp_path / "inbox").iterdir()] == ["odd.mkv"]
    came = review(tmp_path, "!", "projects:Odd/", "?", "q")
    assert "also take 2 files of the layout, filed already or not, that other rules or answers decide, such as inbox:N" in came.out
    assert "  For a condition of your own, write the rule yourself: reshelve help rules\n" in came.out
    assert "make a rule of that in reshelve.yaml; you choose which files it is for" in came.out


def test_rules_that_would_take_everything_are_not_offered(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/one.bin": "x", "inbox/two.bin": "y"})
    before = text(tmp_path, "reshelve.yaml")
    came = review(tmp_path, "!", "projects:Odd/", "q")
    assert "not offered: ending in .bin, for it would take every file of inbox" in came.out
    assert (
        "No rule can be made of that (see above), and nothing was filed." in came.out and text(tmp_path, "reshelve.yaml") == before
    )


def test_each_question_shows_what_is_known_of_the_file_and_what_is_not_certain_and_why(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/Some Show 101.mkv": "x", "inbox/Heat.mkv": "h", "inbox/Heat.en.srt": "s"})
    came = review(tmp_path, "s", "s")
    assert "3 files to review, 2 questions: 1 goes with another of them." in came.out
    assert "1 of 2: inbox:Heat.mkv" in came.out and "2 of 2: inbox:Some Show 101.mkv" in came.out
    assert "facts: kind movie, title Heat\n  not certain: kind (the name is a title alone" in came.out
    assert "  not known: year\n" in came.out
    assert "facts: kind episode, show Some Show, title Some Show, season 1, episodes 1" in came.out
    assert "not certain: kind (it may also be movie)" in came.out
    assert "% sure" not in came.out, "what a rule would do is no opinion with a share of certainty"


@pytest.mark.parametrize("answers", [("!", "q"), ("edit", "q"), ("!", "movies:{{ title }}/", "quit")])
def test_q_stops_at_every_question(tmp_path: Path, answers: tuple[str, ...]) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x", "inbox/zzz.bin": "z"}, SUGGESTED)
    before = text(tmp_path), text(tmp_path, "reshelve.yaml")
    came = review(tmp_path, *answers)
    assert came.code == 0 and "0 files decided, 2 left." in came.out and "2 of 2" not in came.out, came
    assert (text(tmp_path), text(tmp_path, "reshelve.yaml")) == before


@pytest.mark.parametrize("answers", [("!", "s"), ("edit", "skip"), ("!", "movies:{{ title }}/", "s")])
def test_s_decides_later_at_every_question(tmp_path: Path, answers: tuple[str, ...]) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x", "inbox/zzz.bin": "z"}, SUGGESTED)
    before = text(tmp_path), text(tmp_path, "reshelve.yaml")
    came = review(tmp_path, *answers, "q")
    assert came.code == 0 and "2 of 2: inbox:zzz.bin" in came.out and "Not a number" not in came.out
    assert (text(tmp_path), text(tmp_path, "reshelve.yaml")) == before


def test_a_mistake_in_an_always_place_is_mended_where_it_was_made(tmp_path: Path) -> None:
    place(tmp_path, SCANS)
    came = review(tmp_path, "!", "projects:{{ nonesuch }}/", "projects:Scans/", "1", "q")
    assert "error[" in came.err and came.err.count("always where?") == 2
    assert "1 file decided, 4 left, 1 rule made." in came.out


def test_an_unknown_letter_is_told_the_answers_there_are(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x"})
    came = review(tmp_path, "a", "z", "q")
    assert "  Not an answer: a. There is no suggestion for it. Answer always/leave/skip/back/quit/?, or " in came.out
    assert "  Not an answer: z. Answer always/leave/skip/back/quit/?, or " in came.out and "error[" not in came.err


def test_empty_facts_are_not_shown(tmp_path: Path) -> None:
    place(tmp_path, {"inbox/The Show - 2019-03-04.mkv": "x"}, COMMENTED.replace("kind: episode", "kind: episode, season: 9"))
    asked, explained = review(tmp_path, "q").out, call(tmp_path, "explain", "inbox:The Show - 2019-03-04.mkv").out
    assert "date 2019-03-04" in asked and "date " in explained
    assert "episodes ," not in asked and not any(line.strip().startswith("episodes  ") for line in explained.splitlines())


FILM = {"inbox/Heat.mkv": "h", "inbox/Heat.en.srt": "s", "inbox/b.bin": "b"}


@pytest.mark.parametrize(("answer", "told"), [("leave", "left where it is for good"), ("movies:Heat/", "-> movies:Heat/Heat.mkv")])
def test_files_are_counted_and_what_goes_with_one_is_named_before_the_answer(tmp_path: Path, answer: str, told: str) -> None:
    place(tmp_path, FILM)
    came = review(tmp_path, answer, "q")
    assert came.out.startswith("3 files to review, 2 questions: ")
    assert "  goes with it: inbox:Heat.en.srt\n" in came.out
    assert f"  {told}, and 1 more file with it\n" in came.out
    assert "2 files decided, 1 left." in came.out


def test_with_json_each_file_that_an_answer_decides_is_an_event(tmp_path: Path) -> None:
    place(tmp_path, FILM)
    came = call(tmp_path, "review", "--json", answers="movies:Heat/\nb\ny\nleave\nq\n")
    told = [(event["type"], event["from"], event.get("target")) for event in came.events if event["type"].endswith("decided")]
    film, subtitle = "inbox:Heat.mkv", "inbox:Heat.en.srt"
    assert sorted(told[:2]) == [("decided", subtitle, "movies:Heat/Heat.en.srt"), ("decided", film, "movies:Heat/Heat.mkv")]
    assert sorted(told[2:4]) == [("undecided", subtitle, None), ("undecided", film, None)]
    assert sorted(told[4:]) == [("decided", subtitle, None), ("decided", film, None)] and came.events[-1]["decided"] == 2


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (("!",), "  STORE:PATH  as in tv:Heat (1995)/"),
        (("edit",), "  STORE:PATH  as in tv:Heat (1995)/"),
        (("!", "projects:Odd/"), "  a number    file it, and make the rule with that number"),
        (("leave", "b"), "  y, yes      do what is shown"),
    ],
)
@pytest.mark.parametrize("asked", ["?", "h", "Help"])
def test_every_question_says_what_may_be_answered(tmp_path: Path, before: tuple[str, ...], told: str, asked: str) -> None:
    place(tmp_path, {"inbox/xyz.bin": "x", "inbox/zzz.pdf": "z"}, SUGGESTED)
    came = review(tmp_path, *before, asked, "q")
    assert told in came.out and "error[" not in came.err, came


def test_without_a_terminal_it_says_how_to_decide_by_hand(tmp_path: Path) -> None:
    place(tmp_path, {'inbox/say "x": y.bin': "x"})
    came = call(tmp_path, "review")
    assert came.code == 7 and "a mark" not in came.err
    entry = r'"tv:FOLDER/say \"x\": y.bin": {from: "inbox:say \"x\": y.bin"}'
    assert f"take the file out of `review:`, and to file it, put {entry} below `files:`" in came.err, came.err
    head, _, _ = text(tmp_path).partition("review:")
    (tmp_path / "layout.yaml").write_text(f"{head.rstrip()}\nfiles:\n  {entry}\n")
    assert call(tmp_path, "apply", "--yes").code == 0
    assert (tmp_path / "tv" / "FOLDER" / 'say "x": y.bin').exists()
