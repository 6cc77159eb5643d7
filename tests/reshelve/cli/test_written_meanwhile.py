"""What others write into a document while a command has it open is never written over; comments are kept."""

from pathlib import Path
from typing import Any

import pytest

from reshelve import api
from reshelve.session.session_layouts import Layouts
from tests.support.shellcalls import Meanwhile, call
from tests.support.shellplaces import lay

FILES = {"inbox/a.bin": "a", "inbox/b.bin": "b", "inbox/c.bin": "c"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    lay(tmp_path, FILES)
    assert call(tmp_path, "scan").code == 0
    return tmp_path


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def test_review_puts_answers_into_the_layout_as_it_is_by_then(place: Path) -> None:
    layout = place / "layout.yaml"

    def others(asked: int) -> None:
        if asked == 1:
            edit(layout, "files:\n", 'files:\n  # by hand\n  "movies:mine.mkv":\n    from: "inbox:mine.mkv"\n')

    came = call(place, "review", answers=Meanwhile("projects:x/\nprojects:x/\nskip\nno\n", others))
    assert "2 files decided, 1 left." in came.out
    text = layout.read_text()
    assert '"movies:mine.mkv":' in text and "# by hand" in text
    assert '"projects:x/a.bin":' in text and '"projects:x/b.bin":' in text


def test_review_says_what_was_decided_meanwhile_and_goes_on(place: Path) -> None:
    layout = place / "layout.yaml"

    def others(asked: int) -> None:
        if asked == 0:
            text = layout.read_text()
            line = next(line for line in text.splitlines() if "inbox:a.bin" in line)
            layout.write_text(text.replace(line + "\n", "") + 'leave:\n  - "inbox:a.bin"\n')

    came = call(place, "review", answers=Meanwhile("projects:x/\nleave\nskip\n", others))
    assert "error[decided-meanwhile]" in came.err and "1 file decided, 1 left." in came.out
    assert came.code == 1 and "1 answer could not be written" in came.err
    left = api.load_layout(layout).leave
    assert left == ["inbox:a.bin", "inbox:b.bin"]


def test_review_writes_nothing_into_a_layout_that_is_unsound_by_then(place: Path) -> None:
    layout = place / "layout.yaml"
    whole = layout.read_text()
    broken = whole + "files: [oops\n"

    def others(asked: int) -> None:
        if asked < 2:
            layout.write_text((broken, whole)[asked])

    came = call(place, "review", answers=Meanwhile("leave\nleave\nquit\n", others))
    assert "error[yaml-syntax]" in came.err and "1 file decided, 2 left." in came.out
    assert api.load_layout(layout).leave == ["inbox:a.bin"]
    assert came.code == 0


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("yaml-syntax", "files: [oops\n"),
        ("merge-conflict", "<<<<<<< mine\nleave: []\n=======\nleave: [a]\n>>>>>>> theirs\n"),
        ("no-layout", None),
    ],
)
@pytest.mark.parametrize("further", ["skip\n" * 3, "quit\n", "projects:../x/\nquit\n"])
def test_review_ends_with_1_where_an_answer_was_not_written(place: Path, code: str, broken: str | None, further: str) -> None:
    layout = place / "layout.yaml"

    def others(asked: int) -> None:
        if asked == 0 and broken is None:
            layout.unlink()
        elif asked == 0:
            layout.write_text(layout.read_text() + str(broken))

    came = call(place, "review", answers=Meanwhile(f"leave\n{further}", others))
    assert f"error[{code}]" in came.err and came.code == 1
    assert "1 answer could not be written; see above." in came.err and "0 files decided, 3 left." in came.out


def test_review_ends_with_1_where_a_learned_rule_was_not_written(place: Path) -> None:
    lay(place, {f"inbox/scan_{n}.pdf": str(n) for n in range(3)})
    assert call(place, "scan").code == 0
    workspace = place / "reshelve.yaml"

    def others(asked: int) -> None:
        if asked == 7:
            workspace.write_text(workspace.read_text() + "files: [oops\n")

    came = call(place, "review", answers=Meanwhile("skip\n" * 3 + "projects:Scans/\n" * 3 + "\nyes\n", others))
    assert "3 files decided" in came.out and "The rule would be:" in came.out, came.out
    assert "error[" in came.err and came.code == 1


def test_scan_leaves_what_was_written_while_it_looked(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = place / "layout.yaml"
    scan = Layouts.scan

    def slow(self: Layouts, *args: Any, **told: Any) -> Any:
        found = scan(self, *args, **told)
        layout.write_text("version: 1\nleave:\n  - inbox:a.bin\n")
        return found

    monkeypatch.setattr(Layouts, "scan", slow)
    came = call(place, "scan")
    assert came.code == 1 and "error[document-changed]" in came.err and "Run the command again" in came.err
    assert layout.read_text() == "version: 1\nleave:\n  - inbox:a.bin\n"
    layout.unlink()
    came = call(place, "scan")
    assert came.code == 1 and "leave:" in layout.read_text()
    monkeypatch.undo()
    assert call(place, "scan").code == 0 and api.load_layout(layout).leave == ["inbox:a.bin"]


def test_a_folder_of_layouts_is_kept_from_it_too(place: Path) -> None:
    (place / "layout.yaml").unlink()
    folder = place / "layout"
    folder.mkdir()
    (folder / "a.yaml").write_text("# mine\nleave:\n  - inbox:a.bin\n")
    read = api.layout_versions(folder)
    made = api.load_layout(folder)
    made.leave = []
    (folder / "b.yaml").write_text("leave:\n  - inbox:b.bin\n")
    with pytest.raises(api.ReshelveError) as refused:
        api.save_layout(made, folder, read)
    assert refused.value.problems[0].path.endswith("b.yaml") and "inbox:a.bin" in (folder / "a.yaml").read_text()
    assert call(place, "scan").code == 0
    assert "# mine" in (folder / "a.yaml").read_text()


def test_scan_and_fmt_keep_comments(place: Path) -> None:
    layout = place / "layout.yaml"
    edit(layout, "review:\n", "# what Anna knows\nreview:\n  # this one\n")
    (place / "inbox" / "Heat.1995.mkv").write_text("heat")
    assert call(place, "scan").code == 0
    edit(layout, '    from: "inbox:Heat', '    # the long cut\n    from: "inbox:Heat')
    assert call(place, "scan").code == 0 and call(place, "fmt").code == 0
    text = layout.read_text()
    assert "# what Anna knows\nreview:\n  # this one\n" in text and '    # the long cut\n    from: "inbox:Heat' in text
    printed = call(place, "scan", "-o", "-").out
    assert printed == text
    assert call(place, "fmt", "--check").code == 0


def test_a_note_of_what_is_left_in_a_review_stays_through_later_scans(place: Path) -> None:
    layout = place / "layout.yaml"
    made = api.load_layout(layout)
    for item, note in zip(made.review, ("ask Ann", "ask Bo", None), strict=True):
        item.note = note
    api.save_layout(made, layout)
    assert call(place, "review", answers="leave\nquit\n").code == 0
    assert '  # note: "ask Ann"\n  - "inbox:a.bin"\n' in layout.read_text()
    edit(layout, "leave:\n", 'leave:\n  - "inbox:b.bin"\n')
    assert call(place, "scan").code == call(place, "fmt").code == 0
    text = layout.read_text()
    assert '  # note: "ask Ann"\n  - "inbox:a.bin"\n  # note: "ask Bo"\n  - "inbox:b.bin"\n' in text, text
