"""What only looks: how things stand, and that the service answers."""

from reshelve import __version__
from reshelve.service.models import Health
from reshelve.service.routes import TEXT, Answer, Here, Nothing


def health(here: Here, asked: Nothing) -> Answer:
    """Say that the service answers, and nothing about the workspace."""
    del here, asked
    return Answer(Health("ok", __version__))


def status(here: Here, asked: Nothing) -> Answer:
    """Show the stores, the last run, what needs attention, and what the stores hold."""
    del asked
    return Answer(text=here.latest.get().status)


def metrics(here: Here, asked: Nothing) -> Answer:
    """Show metrics for Prometheus."""
    del asked
    return Answer(text=here.latest.get().metrics, kind=TEXT)
