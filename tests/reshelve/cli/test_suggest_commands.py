"""Suggestions from the command line: a real endpoint on the loopback, the real client, a layout in the end."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from reshelve import api
from tests.support.models import Endpoint, Said, answers, endpoint, telling
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay, tree

KEY = "sk-very-secret-0123456789"
FILM = {"kind": "movie", "title": "Xyz", "year": 1999, "confidence": 0.9, "reason": "a film"}


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("GEMINI_API_KEY", "GEMINI_MODEL", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def place(folder: Path, server: Endpoint | None = None, *, block: str = "", files: int = 1, more: str = "") -> Path:
    names = {"inbox/xyz.bin": "what is this", **{f"inbox/more {n}.bin": str(n) for n in range(1, files)}}
    url = f"base_url: '{server.url}/v1', " if server is not None else ""
    given = block or f"{{provider: openai, model: tiny, {url}rate: 100000, prices: {{input: 1, output: 2}}{more}}}"
    return lay(folder, {**names, "inbox/Heat.1995.1080p.mkv": "heat"}, WORKSPACE + f"suggest: {given}\n")


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_from_a_question_to_a_file_in_its_place(tmp_path: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        place(tmp_path, server)
        assert call(tmp_path, "scan").code == 0 and server.requests == []
        came = call(tmp_path, "scan", "--suggest")
        assert came.code == 0 and came.err == ""
        told, *rest = came.out.splitlines()
        assert (
            told.startswith(f"Asking tiny at {server.url.removeprefix('http://')} about 1 file in 1 request: about ")
            and "USD" in told
            and "budget 1,000,000 tokens" in told
        )
        assert server.keys == ["Bearer none"]
        assert "Suggested by tiny: 1 to file; 1 request, 150 tokens, 0.00020 USD, 0 remembered." in rest
        layout = (tmp_path / "layout.yaml").read_bytes()
        assert b'because: "suggested by tiny: a film (0.90, rule films)"' in layout
        again = call(tmp_path, "scan", "--suggest")
        assert "nothing was asked, 1 remembered" in again.out and len(server.requests) == 1
        assert (tmp_path / "layout.yaml").read_bytes() == layout
    assert call(tmp_path, "scan").code == 0 and (tmp_path / "layout.yaml").read_bytes() == layout
    assert call(tmp_path, "apply", "--yes").code == 0
    assert tree(tmp_path)["movies/Xyz (1999)/xyz.bin"] == "what is this"
    assert call(tmp_path, "undo", "--yes").code == 0 and tree(tmp_path)["inbox/xyz.bin"] == "what is this"
    assert KEY.encode() not in everything(tmp_path)


def test_no_suggest_is_rules_alone(tmp_path: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        place(tmp_path, server, block=f"{{provider: openai, model: tiny, base_url: '{server.url}/v1', always: true}}")
        assert call(tmp_path, "trust", "--yes").code == 0
        assert "1 to file" in call(tmp_path, "scan").out and len(server.requests) == 1
        assert "inbox:xyz.bin: no rule matched" in call(tmp_path, "scan", "--no-suggest").out
        assert len(server.requests) == 1


def test_one_request_for_ten_files(tmp_path: Path) -> None:
    with endpoint(telling({})) as server:
        place(tmp_path, server, files=31)
        call(tmp_path, "scan", "--suggest")
        assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("{provider: openai, model: tiny}", "OPENAI_API_KEY is not set"),
        ("{provider: gemini}", "GEMINI_API_KEY is not set"),
        ("{provider: recorded, answers: none.ndjson}", "none.ndjson cannot be read"),
        ("{provider: openai, model: tiny, base_url: 'http://127.0.0.1:1/v1', attempts: 1}", "cannot be reached"),
    ],
)
def test_when_nobody_can_be_asked_rules_alone_decide_and_that_is_a_warning(
    tmp_path: Path, block: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    place(tmp_path, block=block)
    came = call(tmp_path, "scan", "--suggest")
    assert came.code == 0 and said in came.err and "rules alone decided" in came.err and "warning[" in came.err
    asked = (tmp_path / "layout.yaml").read_bytes()
    assert call(tmp_path, "scan", "--no-suggest").code == 0 and (tmp_path / "layout.yaml").read_bytes() == asked
    assert call(tmp_path, "plan").code == 0


def test_no_model_is_a_usage_error(tmp_path: Path) -> None:
    lay(tmp_path)
    came = call(tmp_path, "scan", "--suggest")
    assert came.code == 64 and "no `suggest:`" in came.err


def test_answers_that_are_dropped_are_told_and_the_rest_stands(tmp_path: Path) -> None:
    said = {"xyz.bin": {**FILM, "title": "../../etc/passwd"}, "more 1.bin": {**FILM, "title": "More"}}
    with endpoint(telling(said)) as server:
        place(tmp_path, server, files=2)
        came = call(tmp_path, "scan", "--suggest")
    assert came.code == 0 and "note[suggestion-dropped]" in came.err and "inbox:xyz.bin" in came.err
    assert 'written like a path or a template ("../../etc/passwd")' in came.err
    assert "movies:More (1999)/more 1.bin" in (tmp_path / "layout.yaml").read_text()


def test_events_before_and_after(tmp_path: Path) -> None:
    with endpoint(telling({"xyz.bin": {**FILM, "confidence": 0.4}})) as server:
        place(tmp_path, server)
        events = call(tmp_path, "scan", "--suggest", "--json").events
    asking = next(event for event in events if event["type"] == "asking")
    assert asking["host"] == server.url.removeprefix("http://") and asking["files"] == 1 and asking["cost"] > 0
    assert next(event for event in events if event["type"] == "review")["suggestion"] == "movies:Xyz (1999)/xyz.bin"
    assert events[-1]["suggested"]["to_review"] == 1 and events[-1]["exit"] == 0


def test_a_recording_is_replayed_without_a_network(tmp_path: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        place(tmp_path, server)
        call(tmp_path, "scan", "--suggest", "--record", "said.ndjson")
    layout = (tmp_path / "layout.yaml").read_text()
    recorded = json.loads((tmp_path / "said.ndjson").read_text())
    assert recorded["files"] == ["inbox:xyz.bin"] and "xyz.bin" in recorded["user"] and KEY not in json.dumps(recorded)
    block = "{provider: recorded, model: tiny, answers: said.ndjson}"
    place(tmp_path, block=block)
    call(tmp_path, "cache", "clear")
    (tmp_path / "layout.yaml").unlink()
    assert call(tmp_path, "scan", "--suggest").code == 0
    assert (tmp_path / "layout.yaml").read_text() == layout


def test_the_cache_is_shown_emptied_and_filled(tmp_path: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        place(tmp_path, server)
        assert "0  answers" in call(tmp_path, "cache", "stats").out
        call(tmp_path, "scan", "--suggest")
        shown = call(tmp_path, "cache", "stats").out
        assert "1  answers" in shown and "1    of them by tiny" in shown
        with sqlite3.connect(tmp_path / ".reshelve" / "catalog.db") as catalog:
            columns = [row[1] for row in catalog.execute("PRAGMA table_info(suggestions)")]
        assert {"location", "kind", "said_by", "confidence", "created", "updated"} <= set(columns)
        assert call(tmp_path, "cache", "clear", "--by", "other").out == "Forgot 0 things.\n"
        assert call(tmp_path, "cache", "clear", "--answers").out == "Forgot 1 thing.\n"
        call(tmp_path, "scan", "--suggest")
        assert len(server.requests) == 2
        call(tmp_path, "cache", "clear")
        assert call(tmp_path, "cache", "stats", "--json").events[-1]["suggestions"] == 0
        (tmp_path / "known.csv").write_text("filename,media_type,title,year,confidence\nxyz.bin,movie,Known,2001,0.95\n")
        assert call(tmp_path, "cache", "import", "known.csv").code == 0
        call(tmp_path, "scan", "--suggest")
        assert len(server.requests) == 2
    text = (tmp_path / "layout.yaml").read_text()
    assert "movies:Known (2001)/xyz.bin" in text and "suggested by known.csv:" in text


def test_what_was_imported_counts_without_any_model(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "known.csv").write_text("path,kind,title,year\ninbox:xyz.bin,movie,Known,2001\n")
    call(tmp_path, "cache", "import", "known.csv")
    assert "Suggested by what was imported: 1 to file" in call(tmp_path, "scan").out
    bad = tmp_path / "bad.csv"
    bad.write_text("path,kind\n/etc/passwd,movie\n")
    assert call(tmp_path, "cache", "import", "bad.csv").code == 1


# The doctor.


def test_the_doctor_says_whether_the_model_is_there_and_what_an_answer_costs(tmp_path: Path) -> None:
    with endpoint(lambda _, files: Said(answers(files, {}))) as server:
        place(tmp_path, server, more=", key_env: OPENAI_API_KEY")
        came = call(tmp_path, "doctor", "--suggest")
        assert came.code == 1 and "nobody here has consented to this" in came.out and server.requests == []
        call(tmp_path, "trust", "--yes")
        came = call(tmp_path, "doctor", "--suggest")
        assert came.code == 0, came.out
        assert "ok   model: tiny is there" in came.out and "ok   answer: in the form that was asked for" in came.out
        assert "ok   cost: 100 tokens in and 50 out for one file: 0.00020 USD" in came.out
        server.models = ("large", "tinny")
        came = call(tmp_path, "doctor", "--suggest")
        assert came.code == 1 and "BAD  model: tiny is not there" in came.out and "there are tinny" in came.out
        server.models, server.script = ("tiny",), lambda *_: Said("I'd rather talk.")
        came = call(tmp_path, "doctor", "--suggest")
        assert came.code == 1 and "BAD  answer: not usable: the reply is not JSON" in came.out
        server.script = lambda *_: Said(status=401, error={"message": f"bad key {KEY}"})
        came = call(tmp_path, "doctor", "--suggest")
        assert came.code == 1 and "answered 401" in came.out and KEY not in came.out
    came = call(tmp_path, "doctor", "--suggest")
    assert came.code == 1 and "cannot be reached" in came.out


def test_the_doctor_without_a_key_or_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    place(tmp_path, block="{provider: openai, model: tiny}")
    assert "OPENAI_API_KEY is not set" in call(tmp_path, "doctor", "--suggest").out
    lay(tmp_path)
    assert "no `suggest:`" in call(tmp_path, "doctor", "--suggest").out


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_a_secret_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    with endpoint(telling({})) as server:
        place(tmp_path, server)
        secret = tmp_path / ".env"
        secret.write_text("# keys\nexport OPENAI_API_KEY=sk-1\n")
        secret.chmod(0o644)
        came = call(tmp_path, "scan", "--suggest")
        assert "warning[secret-readable]" in came.err and f"chmod 600 {secret}" in came.err and "sk-1" not in came.err + came.out
        assert call(tmp_path, "doctor").code == 1 and "can be read by others" in call(tmp_path, "doctor").out
        secret.chmod(0o600)
        assert "secret" not in call(tmp_path, "scan", "--suggest").err and call(tmp_path, "doctor").code == 0
        secret.write_text("COLOUR=blue\n")
        secret.chmod(0o644)
        assert call(tmp_path, "doctor").code == 0


# From Python, and what is not loaded.


def test_from_python(tmp_path: Path) -> None:
    with endpoint(telling({"xyz.bin": FILM})) as server:
        place(tmp_path, server)
        told: list[int] = []
        session = api.open_workspace(tmp_path)
        result = session.layouts.scan(asking=api.Asking("model", lambda estimate: told.append(estimate.requests)))
    assert told == [1] and result.suggested.filed == 1 and "movies:Xyz (1999)/xyz.bin" in result.layout.files
    assert KEY not in repr(session.setting)


def test_a_scan_that_asks_nobody_loads_nobody(tmp_path: Path) -> None:
    place(tmp_path)
    code = "import sys; from reshelve.cli.entry import run; c = run(['scan']); print({'openai', 'boto3'} & set(sys.modules), c)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set() 0"


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "boto3", None)  # type: ignore[arg-type]
    place(tmp_path)
    assert f"{sys.executable} -m pip install 'reshelve[suggest]'" in call(tmp_path, "scan", "--suggest").err
    place(tmp_path, block="{provider: bedrock, model: meta.llama3-8b-instruct-v1:0, region: us-east-1}")
    came = call(tmp_path, "scan", "--suggest")
    assert came.code == 0 and f"{sys.executable} -m pip install 'reshelve[suggest]'" in came.err


def test_gemini_by_its_own_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "g-secret")
    monkeypatch.setenv("GEMINI_MODEL", "gemini-2.0-flash")
    with endpoint(telling({"xyz.bin": FILM})) as server:
        url = f"{server.url}/v1beta/openai/"
        place(tmp_path, block=f"{{provider: gemini, base_url: '{url}', key_env: GEMINI_API_KEY}}")
        call(tmp_path, "trust", "--yes")
        came = call(tmp_path, "scan", "--suggest")
    assert came.code == 0 and "Suggested by gemini-2.0-flash: 1 to file" in came.out
    assert server.requests[0]["model"] == "gemini-2.0-flash" and server.keys == ["Bearer g-secret"]


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_interrupted_it_ends_at_once_and_keeps_what_it_was_told(tmp_path: Path) -> None:
    reached = threading.Event()

    def answer(number: int, files: list[dict[str, object]]) -> Said:
        if number > 1:
            reached.set()
        return Said(answers(files, {}), delay=30 if number > 1 else 0)

    with endpoint(answer) as server:
        url = f"{server.url}/v1"
        place(tmp_path, block=f"{{provider: openai, model: tiny, base_url: '{url}', parallel: 1}}", files=25)
        # A shell starts what it puts in the background with interrupts ignored, these tests perhaps too.
        heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        code = f"{heeding}; import sys; from reshelve.cli.entry import run; sys.exit(run(['scan', '--suggest']))"
        running = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        assert reached.wait(30)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=15)
    assert running.returncode == 130 and b"Interrupted" in told
    assert not (tmp_path / "layout.yaml").exists()
    assert "10  answers" in call(tmp_path, "cache", "stats").out
