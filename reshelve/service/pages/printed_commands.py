"""What commands print, as pages read it: the handlers of their routes, asked by name."""

from collections.abc import Collection
from typing import Any

from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.service.commands import COMMANDS
from reshelve.service.handlers.commands import handler_of
from reshelve.service.routes import Here


def printed(here: Here, *words: str, **values: Any) -> list[dict[str, Any]]:
    """Return the events of a command. Raises ReshelveError where it was refused."""
    command = next(each for each in COMMANDS if tuple(word for word in each.words if word[0] != "-")[: len(words)] == words)
    events: list[dict[str, Any]] = handler_of(command)(here, command.asks(**values)).value.events
    return events


def of(events: Collection[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return the events of a type."""
    return [event for event in events if event["type"] == kind]


def lacking(error: ReshelveError, *codes: str) -> Problem:
    """Return the problem that says that a workspace has none of something; raise an error that says anything else."""
    for problem in error.problems:
        if problem.code in codes:
            return problem
    raise error
