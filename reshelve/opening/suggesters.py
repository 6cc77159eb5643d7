"""Suggestions for a session: who is asked, what is remembered, and secrets that others can read."""

import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reshelve.opening.consent import UntrustedError
from reshelve.opening.wiring import Setting, keeps_state
from reshelve.schemas import consent_needs
from reshelve.schemas.consent_needs import ALWAYS
from reshelve.schemas.problems import Problem, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.suggest_settings import whom

if TYPE_CHECKING:
    from reshelve.executors.suggest.answer_cache import SuggestionCache
    from reshelve.planner.ports.suggester import Suggester
    from reshelve.schemas.suggestion_protocol import Estimate

_SECRET = re.compile(rb"(?im)^\s*(?:export\s+)?[\w.-]*(?:key|secret|token|password)[\w.-]*\s*[=:]\s*\S")
_PEEK = 1 << 16


@dataclass(slots=True, frozen=True)
class Asking:
    """Whether a model is asked in a scan. "model": yes; "memory": what was answered before counts; "nobody": rules alone.

    `announce` is told before what asking will come to. `record` is a file that takes down every request and reply.
    """

    who: Literal["model", "memory", "nobody"] = "memory"
    announce: "Callable[[Estimate], None] | None" = None
    record: Path | None = None


REMEMBERED = Asking()
NOBODY = Asking("nobody")


@contextmanager
def suggesting(setting: Setting, asking: Asking, now: Callable[[], datetime]) -> Iterator["Suggester | None"]:
    """Give whoever answers what no rule settles, None for rules alone. Nothing is loaded or opened before it is needed.

    Raises ReshelveError, of kind "usage", when a model is to be asked and the workspace names none; UntrustedError when nobody
    consented to asking the one it names.
    """
    config = setting.workspace.suggest
    if asking.who == "model" and config is None:
        detail = "The workspace has no `suggest:`."
        hint = "Add to reshelve.yaml: suggest: {provider: openai, model: gpt-4o-mini}"
        raise stop("no-suggest", "There is no model to ask.", detail, hint=hint, kind="usage")
    if asking.who == "nobody":
        yield None
        return
    if asking.who == "model":
        refuse_untrusted(setting)
    from reshelve.executors.suggest.provider_list import connector, model_of
    from reshelve.executors.suggest.request_queue import ModelSuggester

    model = model_of(config, setting.environ) if config is not None else ""
    asks = asking.who == "model" and config is not None
    connect = connector(config, setting.folder, setting.environ, asking.record) if asks and config is not None else None
    cache = remembered(setting, now, make=asks)
    try:
        yield ModelSuggester(config, model, cache, connect)
    finally:
        cache.close()


def refuse_untrusted(setting: Setting) -> None:
    """Raise UntrustedError, with all that `suggest:` wants, when nobody consented to what asking its model takes."""
    wanted = [*consent_needs.model(setting.declared), *consent_needs.answers(setting.declared)]
    lacking = setting.trust.lacking(wanted)
    if any(reach.key != ALWAYS for reach in lacking):
        raise UntrustedError(setting.trust, lacking)


def always(setting: Setting) -> bool | None:
    """Say whether every scan asks the model; None: the workspace says so, and nobody consented to that."""
    config = setting.workspace.suggest
    if config is None or not config.always:
        return False
    wanted = [*consent_needs.model(setting.declared), *consent_needs.answers(setting.declared)]
    return None if setting.trust.lacking(wanted) else True


def host_of(setting: Setting) -> str:
    """Return the host that the model of a workspace is asked at, as people write it; "" where nothing is sent."""
    config = setting.workspace.suggest
    if config is None or config.provider == "recorded":
        return ""
    try:
        return whom(config, setting.environ).at or "AWS Bedrock"
    except ValueError:
        return ""


def remembered(setting: Setting, now: Callable[[], datetime], *, make: bool = False) -> "SuggestionCache":
    """Open what was answered before in a setting. `make`: answers will be kept, so the state folder is made where it is missing."""
    from reshelve.executors.suggest.answer_cache import SuggestionCache

    if make and not setting.state.folder.exists():
        setting.state.prepare()
    return SuggestionCache(setting.state.folder / "catalog.db" if keeps_state(setting) else ":memory:", now=now)


def loose_secrets(folder: Path, environ: Mapping[str, str]) -> list[Problem]:
    """Return a warning for every file that holds a secret for suggestions and that others than its owner can read."""
    home = environ.get("HOME", "")
    named = [folder / ".env", folder / ".env.local", folder / ".envrc"]
    if home:
        named.append(Path(environ.get("AWS_SHARED_CREDENTIALS_FILE") or Path(home, ".aws", "credentials")))
    return [_loose(path) for path in named if _open_to_others(path)]


def _open_to_others(path: Path) -> bool:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or not about.st_mode & 0o044:
            return False
        with path.open("rb") as file:
            return _SECRET.search(file.read(_PEEK)) is not None
    except OSError:
        return False


def _loose(path: Path) -> Problem:
    detail = "Others on this machine can read it, and it holds a secret."
    return Problem("secret-readable", "A secret can be read by others.", detail, str(path), f"chmod 600 {path}", severity="warning")
