"""Commands of the command line as handlers: each runs in a process of its own, and answers with what `--json` prints."""

from collections.abc import Callable
from typing import Any

from reshelve.schemas.problems import ReshelveError, stop
from reshelve.service import processes
from reshelve.service.commands import Command, arguments
from reshelve.service.models import Printed
from reshelve.service.routes import Answer, Here

_ANSWERED = (0, 2)
_BESIDES = ("version", "summary")
_BARE = {"type", "exit", "version", "reshelve"}
"""What is printed of any command, whatever it comes to."""


def handler_of(command: Command) -> Callable[[Here, Any], Answer]:
    """Return the handler of a command."""

    def handler(here: Here, asked: Any) -> Answer:
        return _run(here, command, arguments(command, asked))

    return handler


def _run(here: Here, command: Command, args: list[str]) -> Answer:
    code, printed = processes.run_command(here, args)
    answered = (*_ANSWERED, *command.also)
    if command.form == "json":
        value = processes.value_of(printed)
        if code in answered and value is not None:
            return Answer(Printed(code, [value]))
        detail = f"It ended with exit code {code}."
        raise stop("usage", "The command did not answer.", detail, hint=f"reshelve {command.name}", kind=processes.kind_of(code))
    events = processes.events_of(printed)
    # A run that ended otherwise than hoped for is an answer too: its report says how.
    if code in _ANSWERED or (code in answered and _tells(events)) or any(event.get("type") == "report" for event in events):
        return Answer(Printed(code, events))
    problems = [processes.problem_of(event) for event in events if event.get("type") == "problem"]
    raise ReshelveError(problems or [processes.ended(code)], processes.kind_of(code))


def _tells(events: list[dict[str, Any]]) -> bool:
    """Say whether a command told anything: one that was refused prints problems, and nothing else but its exit code."""
    return any(event["type"] not in _BESIDES or event.keys() - _BARE for event in events if event["type"] != "problem")
