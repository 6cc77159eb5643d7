"""The one table of pages and forms."""

from reshelve.service.models import PlanAsked, PlanOnly, RunNamed
from reshelve.service.pages import document_pages, look_pages, overview, plan_pages, project_pages, review_pages, run_pages
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
    Page("GET", "/undecided", review_pages.listed, review_pages.FromItem),
    Page("POST", "/undecided", review_pages.answer, review_pages.Decided),
    Page("GET", "/documents", document_pages.show, document_pages.DocumentFrom),
    Page("GET", "/projects", project_pages.show, project_pages.FromProject, apart=True),
    Page("GET", "/projects/cloud", project_pages.cloud, project_pages.FromProject, apart=True),
    Page("GET", "/sync", look_pages.sync, apart=True),
    Page("GET", "/duplicates", look_pages.duplicates, look_pages.FromNumber, apart=True),
    Page("GET", "/checks", look_pages.health, apart=True),
    Page("GET", "/jobs", look_pages.jobs, look_pages.JobAsked, apart=True),
)
"""Every page, and every form that a page sends."""
