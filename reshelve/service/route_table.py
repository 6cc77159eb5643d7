"""The one route table. The app, the description, the page of routes and the test of every route are made from it."""

from reshelve.service import models
from reshelve.service.commands import COMMANDS
from reshelve.service.handlers import commands, documents, looks, plans, review, runs
from reshelve.service.routes import EVENTS, TEXT, Route

_PLAN = (403, 404, 409, 422, 423)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/health", "Say that the service answers.", looks.health, gives=models.Health, open=True, at_root=True, tag="service"
    ),
    Route(
        "GET",
        "/metrics",
        "Say how things stand, for Prometheus.",
        looks.metrics,
        kind=TEXT,
        at_root=True,
        command="metrics",
        tag="service",
    ),
    Route(
        "GET",
        "/status",
        "Show the stores, the last run, and what needs attention.",
        looks.status,
        gives=models.StatusShown,
        command="status",
        tag="looks",
        refuses=(403, 422),
    ),
    Route(
        "POST",
        "/plans",
        "Make a plan, and keep it. Nothing is touched.",
        plans.make,
        models.PlanAsked,
        models.PlanShown,
        status=201,
        apart=True,
        command="plan",
        tag="plans",
        refuses=_PLAN,
    ),
    Route("GET", "/plans", "List the plans that are kept.", plans.listed, models.RunsAsked, models.PlansShown, tag="plans"),
    Route(
        "GET",
        "/plans/{digest}",
        "Show a plan.",
        plans.show,
        models.PlanNamed,
        models.PlanShown,
        command="show",
        tag="plans",
        refuses=(404,),
    ),
    Route(
        "GET",
        "/plans/{digest}/groups",
        "Show the groups of a plan.",
        plans.groups,
        models.PlanNamed,
        models.GroupsShown,
        tag="plans",
        refuses=(404,),
    ),
    Route(
        "GET",
        "/plans/{digest}/rows",
        "Show operations of a plan: of a group, of a kind, or with a text.",
        plans.rows,
        models.RowsAsked,
        models.RowsShown,
        tag="plans",
        refuses=(404,),
    ),
    Route("DELETE", "/plans/{digest}", "Forget a plan.", plans.drop, models.PlanOnly, status=204, tag="plans", refuses=(404,)),
    Route(
        "POST",
        "/plans/{digest}/apply",
        "Apply a plan, once. Answers as soon as its run began.",
        plans.apply,
        models.PlanApplied,
        models.RunStarted,
        status=202,
        command="apply",
        tag="plans",
        refuses=_PLAN,
    ),
    Route(
        "GET", "/runs", "List the runs, newest first.", runs.listed, models.RunsAsked, models.RunsShown, command="log", tag="runs"
    ),
    Route(
        "GET",
        "/runs/{run}",
        "Show how a run stands.",
        runs.show,
        models.RunNamed,
        models.RunShown,
        command="show",
        tag="runs",
        refuses=(404,),
    ),
    Route(
        "GET",
        "/runs/{run}/events",
        "Follow a run: server-sent events, resumed by Last-Event-ID.",
        runs.events,
        models.RunNamed,
        kind=EVENTS,
        tag="runs",
        refuses=(404,),
    ),
    Route("GET", "/review", "List what no rule decided.", review.listed, models.RunsAsked, models.ReviewShown, tag="documents"),
    Route(
        "GET",
        "/review/offers",
        "Show the rules that would file an undecided item at a place.",
        review.offers,
        models.OffersAsked,
        models.OffersShown,
        tag="documents",
        refuses=(404, 409, 422),
    ),
    Route(
        "POST",
        "/review",
        "File an undecided item, or leave it for good.",
        review.answer,
        models.AnswerGiven,
        models.ReviewAnswered,
        command="review",
        tag="documents",
        refuses=(404, 409, 422),
    ),
    Route(
        "GET",
        "/documents/{name}",
        "Show a document's lines and problems.",
        documents.show,
        models.DocumentAsked,
        models.DocumentShown,
        tag="documents",
        refuses=(404, 422),
    ),
    *(
        Route(
            command.method,
            command.path,
            command.summary,
            commands.handler_of(command),
            command.asks,
            models.Printed,
            apart=True,
            command=command.name,
            tag=command.tag,
            refuses=_PLAN,
        )
        for command in COMMANDS
    ),
)
"""Every route of the service."""
