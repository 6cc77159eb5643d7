"""The webhooks of Sonarr and Radarr: what they imported or renamed is looked at, and filed as the watch would."""

from reshelve.opening.wiring import Setting
from reshelve.schemas.problems import ReshelveError
from reshelve.service import processes
from reshelve.service.hook_models import HookAnswered, HookTold
from reshelve.service.routes import Answer, Here
from reshelve.session.told_paths import told_of

_ABOUT_FILES = ("Download", "Rename")
_WAIT = "5s"
"""How long a file that is being written, or another run, is waited for: who sends a webhook waits, too."""


def heard(here: Here, told: HookTold) -> Answer:
    """File the folders in which Sonarr or Radarr put or renamed files. Raises ReshelveError where that fails."""
    if told.eventType == "Test":
        return Answer(HookAnswered("ok"))
    if told.eventType not in _ABOUT_FILES:
        return Answer(HookAnswered("ignored"))
    meant, ignored = _meant(here.session().setting, told.paths)
    if not meant:
        return Answer(HookAnswered("ignored", ignored=ignored))
    code, printed = processes.run_command(here, ("file", "--json", f"--wait={_WAIT}", "--", *meant))
    events = processes.events_of(printed)
    problems = [event for event in events if event.get("type") == "problem"]
    run = next((str(event["run"]) for event in events if event.get("type") == "report"), "")
    if code not in (0, 1):
        raise ReshelveError([processes.problem_of(event) for event in problems] or [processes.ended(code)], processes.kind_of(code))
    files = [
        str(each["dst"]) for each in events if each.get("type") == "result" and each["result"] == "done" and each["op"] != "mkdir"
    ]
    return Answer(HookAnswered("filed" if files else "left", files, run, ignored, problems))


def _meant(setting: Setting, paths: list[str]) -> tuple[list[str], list[str]]:
    """Return the folders to look at, of a file at a store's top the file itself; and the paths that are in no scanned store."""
    meant: dict[str, None] = {}
    ignored: list[str] = []
    for path in paths:
        try:
            [one] = told_of(setting, [path])
        except ReshelveError:
            ignored.append(path)
        else:
            meant[one.around] = None
    return list(meant), ignored
