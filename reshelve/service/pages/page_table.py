"""The one table of pages and forms."""

from reshelve.service.models import PlanAsked, PlanOnly, RunNamed
from reshelve.service.pages import overview, plan_pages, run_pages
from reshelve.service.pages.page import Page

PAGES: tuple[Page, ...] = (
    Page("GET", "/", overview.show),
    Page("GET", "/plans", plan_pages.listed),
    Page("POST", "/plans", plan_pages.make, PlanAsked, apart=True),
    Page("GET", "/plans/{digest}", plan_pages.show, plan_pages.PlanFrom),
    Page("GET", "/plans/{digest}/rows", plan_pages.rows, plan_pages.PartAsked),
    Page("GET", "/plans/{digest}/blocked", plan_pages.blocked, plan_pages.PlanFrom),
    Page("GET", "/plans/{digest}/problems", plan_pages.problems, plan_pages.PlanFrom),
    Page("POST", "/plans/{digest}/apply", plan_pages.apply, plan_pages.Pressed, apart=True),
    Page("POST", "/plans/{digest}/drop", plan_pages.drop, PlanOnly),
    Page("GET", "/runs", run_pages.listed, run_pages.FromRun),
    Page("GET", "/runs/{run}", run_pages.show, RunNamed),
    Page("POST", "/runs/{run}/settle", run_pages.settle, run_pages.Settling, apart=True),
)
"""Every page, and every form that a page sends."""
