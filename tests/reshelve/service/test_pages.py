"""The pages: a plan is read, applied, watched and taken back by forms alone, and whatever a name holds is shown, never obeyed."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from reshelve import api
from reshelve.executors.runs import apply as applying
from reshelve.service.asgi_app import Exchange, create_app, everyone
from reshelve.service.page_app import add_pages
from reshelve.service.pages import review_pages
from reshelve.service.pages.page import pager
from reshelve.service.pages.rendering import NAV, hinted
from tests.support.killed_runs import PowerCut, cut
from tests.support.serving import make_workspace, served
from tests.support.shellcalls import call


def client_of(folder: Path) -> TestClient:
    app = create_app(folder, authorize=everyone, prefix="/api/files")
    add_pages(app)
    return TestClient(app)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with client_of(make_workspace(tmp_path_factory.mktemp("pages") / "media")) as client:
        yield client


def press(client: TestClient, page: httpx.Response, words: str) -> httpx.Response:
    """Press the button with these words: send the form it stands in, with the fields that are filled in already."""
    for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL):
        for button in re.findall(r"<button[^>]*>[^<]*</button>", form):
            if words in button:
                fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
                fields |= dict(re.findall(r'<input name="([^"]*)" value="([^"]*)"', form))
                own = re.search(r'name="([^"]*)" value="([^"]*)"', button)
                action = re.search(r'formaction="([^"]*)"', button) or re.search(r'action="([^"]*)"', form)
                assert action is not None
                return client.post(action[1], data=fields | ({own[1]: own[2]} if own else {}))
    raise AssertionError(f"no button {words!r} on {page.url}")


def until_ended(client: TestClient, page: httpx.Response) -> httpx.Response:
    while "At work" in page.text:
        page = client.get(str(page.url.path))
    return page


def test_a_plan_is_read_applied_and_taken_back_by_forms(client: TestClient) -> None:
    plan = press(client, client.get("/"), "Make a plan")
    assert plan.status_code == 200
    assert "3 mkdir, 3 move; all can be undone" in plan.text
    assert "library:TV Shows/Nordlys/Season 01/" in plan.text
    assert "rule episodes" in plan.text

    [opens] = re.findall(r'href="([^"]*)" data-opens="group-0"', plan.text)
    rows = client.get(f"{opens}&part=true")
    assert "<html" not in rows.text
    assert rows.text.count("<li>") == 3
    assert "Nordlys.S01E02.1080p.mkv" in rows.text
    assert client.get(f"{plan.url.path}/rows?text=e02&op=move").text.count("<li>") == 1
    assert "Nothing matches" in client.get(f"{plan.url.path}/rows?text=nowhere").text

    run = until_ended(client, press(client, plan, "Apply 6 operations"))
    assert "Done" in run.text
    # Pressed again, by a page that is old: the same run.
    assert str(press(client, plan, "Apply 6 operations").url) == str(run.url)
    assert f"run {run.url.path[-12:]}" in client.get(plan.url.path).text
    assert "Apply 6" not in client.get(plan.url.path).text

    back = press(client, run, "Plan to take it back")
    assert f"Take back run {run.url.path[-12:]}" in back.text
    undone = until_ended(client, press(client, back, "Apply 6 operations"))
    assert "Plan to do it again" in undone.text
    assert "undone by" in client.get(run.url.path).text
    assert "Plan to take it back" not in client.get(run.url.path).text
    again = press(client, undone, "Plan to do it again")
    assert "Redo what undo" in again.text
    assert press(client, again, "Forget this plan").url.path == "/plans"
    assert client.get(again.url.path).status_code == 404


def test_a_plan_of_what_changed_since_says_what_and_offers_a_new_one(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    with client_of(folder) as client:
        plan = press(client, client.get("/plans"), "Make a plan")
        (folder / "inbox" / "Nordlys.S01E02.1080p.mkv").write_text("another")
        refused = press(client, plan, "Apply 6 operations")
        assert refused.status_code == 409
        assert "Nordlys.S01E02.1080p.mkv" in refused.text
        assert press(client, refused, "Make the plan again").status_code == 200


def test_names_are_shown_and_never_obeyed(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", 1)
    hostile = ("<script>alert(1)</script>.S01E02.mkv", '"><img src=x onerror=a>.S01E03.mkv', "a\u202egnp\x1b.S01E04.mkv")
    for name in hostile:
        (folder / "inbox" / name.replace("/", "")).write_text("x")
    (folder / "inbox" / "caf\udce9.S01E05.mkv").write_text("x")
    assert call(folder, "scan").code == 0
    with client_of(folder) as client:
        plan = press(client, client.get("/"), "Make a plan")
        rows = client.get(f"{plan.url.path}/rows")
        for page in (plan, rows, client.get(f"{plan.url.path}/rows?text=%3Cscript%3E%22")):
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert "<img" not in page.text
            assert "\u202e" not in page.text
            assert "\x1b" not in page.text
        assert "\\u202e" in rows.text


@pytest.mark.parametrize("path", [path or "/" for path, _ in NAV])
def test_each_page_loads_nothing_but_its_own_and_runs_nothing_within(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert not re.search(r"<style|<script(?! type=\"module\" src=\"/static)|\son\w+=|\sstyle=", page.text)
    assert page.text.count("<h1>") == 1
    for loaded in re.findall(r'(?:src|href)="(/static/[^"]*)"', page.text):
        assert client.get(loaded).status_code == 200


def test_below_an_app_of_somebody_elses_links_lead_there(tmp_path: Path) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    app = create_app(make_workspace(tmp_path / "media"), authorize=everyone, prefix="/api")
    add_pages(app, at="/pages")
    with TestClient(Starlette(routes=[Mount("/files", app)])) as client:
        page = client.get("/files/pages/")
        assert page.status_code == 200
        assert 'data-api="/files/api"' in page.text
        plan = press(client, page, "Make a plan")
        assert plan.url.path.startswith("/files/pages/plans/")
        assert client.get(plan.url.path + "/rows").status_code == 200


def test_who_has_no_token_sees_a_page_that_takes_it(tmp_path: Path) -> None:
    exchange = Exchange("t" * 43, 80)
    app = create_app(make_workspace(tmp_path / "media"), authorize=exchange.authorize, prefix="/api", exchange=exchange)
    add_pages(app, exchange=exchange)
    with TestClient(app) as client:
        asked = client.get("/plans")
        assert asked.status_code == 401
        assert "Nordlys" not in asked.text
        wrong = client.post("/sign-in", data={"token": "wrong"})
        assert (wrong.status_code, "That is not the token" in wrong.text, 'name="token"' in wrong.text) == (401, True, True)
        # What the workspace is called is for who is let in.
        stranger = client.get("/", headers={"Sec-Fetch-Site": "cross-site", "Host": "x"})
        assert all("media" not in page.text.replace("media (", "") for page in (asked, wrong, stranger))
        assert client.post("/plans", data={"command": "apply"}).status_code == 401
        inside = client.post("/sign-in", data={"token": exchange.token}, headers={"Sec-Fetch-Site": "same-origin"})
        assert inside.status_code == 200
        assert "What would change" in inside.text
        # Another site's form does nothing, whatever cookies a browser sends with it.
        foreign = client.post("/plans", data={"command": "apply"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403


@pytest.mark.parametrize(
    "form", [{"command": "rm"}, {"command": "apply", "unknown": "1"}, {"command": "undo", "run": "../../x"}, {"max_delete": "all"}]
)
def test_a_form_with_a_wrong_value_is_refused_as_a_page(client: TestClient, form: dict[str, str]) -> None:
    refused = client.post("/plans", data=form)
    assert refused.status_code == 400
    assert refused.headers["content-type"].startswith("text/html")
    assert "match pattern" not in refused.text
    assert client.post("/plans", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415


def test_the_address_that_serve_prints_leads_to_the_pages(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    with served(folder) as server:
        assert server.ask("GET", "/", headers={}, root=True).status == 401
        assert b"What would change" in server.ask("GET", "/", root=True).text
    with served(folder, "--prefix", "") as server:
        assert server.address.endswith("/pages")


@pytest.mark.parametrize(("total", "at"), [(1, 0), (200, 0), (201, 0), (5_000, 400), (100_000, 0), (100_000, 99_800), (10**6, 0)])
def test_every_row_is_two_steps_away(total: int, at: int) -> None:
    first = pager(total, at, 200)
    assert len(first) < 150
    reached = {start for step in first for start in (step.start, *(each.start for each in pager(total, step.start, 200)))}
    assert reached == (set(range(0, total, 200)) if total > 200 else set())


def test_what_no_rule_decided_is_filed_left_or_made_a_rule(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", 1)
    for number in range(3):
        (folder / "inbox" / f"clip odd {number}.mov").write_text(f"{number}")
    (folder / "inbox" / "left.mov").write_text("left")
    assert call(folder, "scan").code == 0
    layout = api.load_layout(folder / "layout.yaml")
    next(item for item in layout.review if item.source == "inbox:left.mov").note = "ask Ann"
    api.save_layout(layout, folder / "layout.yaml")
    with client_of(folder) as client:
        page = client.get("/undecided")
        assert "4 files undecided" in page.text
        items = dict(re.findall(r'<b class="path">inbox:([^<]*)</b>.*?name="item" value="(\w+)"', page.text, re.DOTALL))

        def answered(name: str, answer: str, place: str = "") -> httpx.Response:
            return client.post("/undecided", data={"item": items[name], "answer": answer, "place": place})

        assert "3 files undecided" in answered("left.mov", "leave").text
        assert '  # note: "ask Ann"\n  - "inbox:left.mov"\n' in (folder / "layout.yaml").read_text()
        assert "2 files undecided" in answered("clip odd 0.mov", "file", "library:Clips/").text
        # Decided meanwhile, in another tab: refused, and nothing is written twice.
        assert answered("clip odd 0.mov", "leave").status_code == 409
        assert answered("clip odd 1.mov", "file", "nowhere:Clips/").status_code == 422
        assert answered("clip odd 1.mov", "file", "library:../..").status_code == 422
        assert answered("clip odd 1.mov", "file").status_code == 400
        offered = client.get("/undecided/always", params={"item": items["clip odd 1.mov"], "place": "library:Clips/"})
        assert "Just this file" in offered.text
        ruled = press(client, offered, "Make this rule")
        assert "1 file undecided" in ruled.text
        assert "A scan files what else it matches" in ruled.text
        assert "The stores were scanned" in press(client, ruled, "Scan").text
    layout = (folder / "layout.yaml").read_text()
    assert '"library:Clips/clip odd 0.mov"' in layout
    assert "left.mov" in layout
    assert "library:Clips/" in (folder / "reshelve.yaml").read_text()


def test_an_answer_is_told_of_and_taken_back(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", 1)
    for name in ("clip odd.mov", "clip odd.srt"):
        (folder / "inbox" / name).write_text(name)
    assert call(folder, "scan").code == 0
    before = api.load_layout(folder / "layout.yaml")
    with client_of(folder) as client:
        [item] = re.findall(r'name="item" value="(\w+)"', client.get("/undecided").text)
        for answer, words in (("file", "library:Clips/clip odd.mov"), ("leave", "is left where it is")):
            told = client.post("/undecided", data={"item": item, "answer": answer, "place": "library:Clips/"})
            assert words in told.text and "Nothing is undecided" in told.text
            back = press(client, told, "Take the answer back")
            assert "1 file undecided" in back.text
            now = api.load_layout(folder / "layout.yaml")
            assert (now.files, now.leave) == (before.files, before.leave)
            assert {one.source for one in now.review} == {one.source for one in before.review}
            # An address that tells of an answer that does not stand tells nothing.
            assert "Take the answer back" not in client.get(f"/undecided?told={item}&rule=films").text
        assert client.post("/undecided", data={"item": item, "answer": "back"}).status_code == 409


@pytest.mark.slow
def test_a_new_workspace_is_scanned_from_every_page_that_needs_it(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    (folder / "layout.yaml").unlink()
    with client_of(folder) as client:
        assert "There is no layout yet" in client.get("/").text
        assert "Nothing was scanned yet" in client.get("/undecided").text
        told = client.get("/api/files/status").json()["status"]
        assert (told["entries"], told["review"]) == (None, None)
        assert client.get("/api/files/review").json() == {"total": 0, "start": 0, "items": [], "scanned": False}
        refused = client.post("/plans", data={"command": "apply"})
        assert refused.status_code == 404
        for page in (client.get("/undecided"), client.get("/documents?name=layout"), client.get("/"), refused):
            (folder / "layout.yaml").unlink(missing_ok=True)
            scanned = press(client, page, "Scan")
            assert "The stores were scanned" in scanned.text and "The layout has 3 entries" in scanned.text
        assert "3 mkdir, 3 move" in press(client, scanned, "Make a plan").text


def test_what_a_scan_has_to_tell_is_told_before_a_plan_is_made(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    (folder / "inbox" / "loop").symlink_to(folder / "inbox")
    (folder / "inbox" / "Nordlys.S01E09.mkv").symlink_to("gone.mkv")
    with client_of(folder) as client:
        page = press(client, client.get("/"), "Scan again")
        told = call(folder, "scan", "--json").events
        assert ("<h1>Scanned</h1>" in page.text) == any(event["type"] == "problem" for event in told)
        assert "Make a plan" in page.text


def test_what_an_undo_holds_is_released_from_the_pages(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    assert call(folder, "apply", "--yes").code == 0
    assert call(folder, "undo", "--yes").code == 0
    with client_of(folder) as client:
        assert "held since an undo" in client.get("/").text
        plan = press(client, client.get("/"), "Make a plan")
        assert "Nothing to do" in plan.text and "Release all that is held" in plan.text
        [row] = re.findall(r"<tr>(?:(?!</tr>).)*<small>held</small>", client.get("/runs").text, re.DOTALL)
        page = client.get(row.partition('href="')[2].partition('"')[0])
        released = press(client, page, "Release its entries")
        assert "the next plan has its entries again" in released.text
        assert "Release its entries" not in released.text
        assert "held since an undo" not in client.get("/").text
        assert "3 move" in press(client, client.get("/"), "Make a plan").text
        # Not said where it is not so.
        assert call(folder, "apply", "--yes").code == 0
        assert call(folder, "undo", "--yes").code == 0
        assert "Nothing is held any more" not in client.get("/?released=true").text
        assert "Nothing is held any more" in press(client, client.get("/"), "Release").text


def test_a_problem_of_a_document_stands_below_its_line_and_secrets_are_hidden(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    layout = folder / "layout.yaml"
    lines = layout.read_text().splitlines()
    lines.insert(4, "    surprise: true")
    layout.write_text("\n".join(lines) + "\n")
    with client_of(folder) as client:
        page = client.get("/documents?name=layout")
        assert page.status_code == 200
        [item] = re.findall(r"<li id=\"line-5\"><span>5</span><code>    surprise: true</code>(.*?)</li>", page.text, re.DOTALL)
        assert "surprise" in item
        assert "No problems" in client.get("/documents").text
        workspace = folder / "reshelve.yaml"
        workspace.write_text(workspace.read_text() + "# api_key: sk-live-0123456789abcdef\n")
        assert "0123456789abcdef" not in client.get("/documents?start=0").text
        assert client.get("/documents?name=/etc/passwd").status_code == 400


def test_duplicates_lead_to_a_plan_and_jobs_to_their_files(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media", 1)
    (folder / "library" / "a.mkv").write_text("the same, twice")
    (folder / "library" / "b.mkv").write_text("the same, twice")
    with client_of(folder) as client:
        page = client.get("/duplicates")
        assert "1 set of duplicates" in page.text
        plan = press(client, page, "Plan to put the others into the trash")
        assert "1 trash" in plan.text
        assert "This workspace shares nothing" in client.get("/sync").text
        assert "This workspace has no tiers" in client.get("/projects/cloud").text
        assert "Health:" in client.get("/checks").text
        assert client.get("/jobs?job=%ff%00").status_code in (200, 400)


def test_a_run_that_was_cut_short_is_told_of_and_settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_workspace(tmp_path / "media")
    session = api.open_workspace(folder)
    plan = session.plans.make(api.load_layout(session.layouts.path))
    with monkeypatch.context() as killed:
        killed.setattr(applying, "settle", cut)
        with pytest.raises(PowerCut):
            session.runs.apply(plan)
    with client_of(folder) as client:
        assert f"Run {plan.run} was cut short" in client.get("/").text
        page = client.get(f"/runs/{plan.run}")
        assert "Cut short" in page.text
        settled = press(client, page, "Roll back what it did")
        assert "Rolled back" in settled.text
        assert "Failed" not in settled.text
        assert "was cut short" not in client.get("/").text
    assert len(list((folder / "inbox").iterdir())) == 3


def test_what_is_blocked_comes_before_what_is_done_and_a_guard_is_told(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "media")
    taken = folder / "library" / "TV Shows" / "Nordlys" / "Season 01" / "Nordlys.S01E02.1080p.mkv"
    taken.parent.mkdir(parents=True)
    taken.write_text("another one")
    layout = folder / "layout.yaml"
    layout.write_text(layout.read_text() + "absent: [{path: 'library:TV Shows/Nordlys/Season 01/gone.mkv'}]\n")
    (taken.parent / "gone.mkv").write_text("going")
    with client_of(folder) as client:
        plan = client.post("/plans", data={"command": "apply", "max_delete": "0"})
        assert plan.status_code == 200
        where = [plan.text.index(each) for each in ("Blocked: left as they are", "What a guard would refuse", 'class="groups"')]
        assert where == sorted(where)
        assert "Nordlys.S01E02.1080p.mkv" in plan.text[where[0] : where[1]]
        assert press(client, plan, "Apply").status_code == 403
        assert taken.read_text() == "another one"
        assert (taken.parent / "gone.mkv").exists()


def test_an_address_of_no_page_is_told_so_as_a_page_and_to_programs_as_a_problem(client: TestClient, tmp_path: Path) -> None:
    reader = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    said = client.get("/nothing", headers=reader)
    assert (said.status_code, said.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such thing" in said.text and "Overview" in said.text
    assert client.delete("/plans", headers=reader).status_code == 405
    for path, headers in (("/nothing", {"Accept": "*/*"}), ("/api/files/nothing", reader)):
        assert client.get(path, headers=headers).json()["code"] == "no-such-route"
    folder = make_workspace(tmp_path / "media")
    app = create_app(folder, authorize=lambda request: None, prefix="/api/files")
    add_pages(app, exchange=Exchange("token", 80))
    with TestClient(app) as stranger:
        said = stranger.get("/nothing", headers=reader)
        assert (said.status_code, "Sign in" in said.text) == (401, True)


def test_what_to_do_is_a_line_each_and_what_is_typed_is_marked() -> None:
    told = hinted("To finish it: reshelve recover --finish\nElse put `a<b` there.\n    keep: <x>\nx\x00y")
    assert told.split("</span>") == [
        '<span class="hint">To finish it: <code>reshelve recover --finish</code>',
        '<span class="hint">Else put <code>a&lt;b</code> there.',
        '<span class="hint"><code>keep: &lt;x&gt;</code>',
        '<span class="hint">x\\x00y',
        "",
    ]


def test_only_a_model_is_said_to_be_sure() -> None:
    told = {"to": "movies:a", "because": "rule films would do that", "confidence": 0.5}
    assert review_pages._sure(told) == "" == review_pages._sure(None)
    assert review_pages._sure({**told, "because": "suggested by tiny: perhaps"}) == "50% sure"
