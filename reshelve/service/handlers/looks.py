"""What only looks: how things stand, and that the service answers."""

from dataclasses import asdict

from reshelve import __version__
from reshelve.examining.status_and_doctor import status as examined
from reshelve.service.models import Health, StatusShown
from reshelve.service.routes import TEXT, Answer, Here, Nothing
from reshelve.views.metrics import metrics_text
from reshelve.views.ndjson import problem_event


def health(here: Here, asked: Nothing) -> Answer:
    """Say that the service answers, and nothing about the workspace."""
    del here, asked
    return Answer(Health("ok", __version__))


def status(here: Here, asked: Nothing) -> Answer:
    """Show the stores, the last run, and what needs attention."""
    del asked
    found = examined(here.session())
    plain = {name: value for name, value in asdict(found).items() if name != "problems"}
    return Answer(StatusShown({"type": "status", **plain}, [problem_event(problem) for problem in found.problems]))


def metrics(here: Here, asked: Nothing) -> Answer:
    """Say how things stand, for Prometheus."""
    del asked
    session = here.session()
    lines = metrics_text(examined(session), session.setting.state.runs([]))
    return Answer(text="".join(f"{line}\n" for line in lines), kind=TEXT)
