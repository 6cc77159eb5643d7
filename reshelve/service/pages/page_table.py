"""The one table of pages and forms."""

from reshelve.service.models import PlanAsked, PlanOnly
from reshelve.service.pages import (
    document_pages,
    look_pages,
    overview,
    plan_pages,
    project_pages,
    review_pages,
    run_pages,
    scan_pages,
    sync_pages,
)
from reshelve.service.pages.page import Page

PAGES: tuple[Page, ...] = (
    Page("GET", "/", overview.show, overview.JustDone),
    Page("POST", "/scan", scan_pages.scan, apart=True),
    Page("POST", "/release", scan_pages.release, scan_pages.Releasing, apart=True),
    Page("GET", "/plans", plan_pages.listed),
    Page("POST", "/plans", plan_pages.make, PlanAsked, apart=True),
    Page("GET", "/plans/{digest}", plan_pages.show, plan_pages.PlanFrom),
    Page("GET", "/plans/{digest}/rows", plan_pages.rows, plan_pages.PartAsked),
    Page("GET", "/plans/{digest}/blocked", plan_pages.blocked, plan_pages.PlanFrom),
    Page("GET", "/plans/{digest}/problems", plan_pages.problems, plan_pages.PlanFrom),
    Page("POST", "/plans/{digest}/apply", plan_pages.apply, plan_pages.Pressed, apart=True),
    Page("POST", "/plans/{digest}/drop", plan_pages.drop, PlanOnly),
    Page("GET", "/runs", run_pages.listed, run_pages.FromRun),
    Page("GET", "/runs/{run}", run_pages.show, run_pages.RunAsked),
    Page("POST", "/runs/{run}/settle", run_pages.settle, run_pages.Settling, apart=True),
    Page("GET", "/undecided", review_pages.listed, review_pages.FromItem),
    Page("GET", "/undecided/always", review_pages.always, review_pages.Decided),
    Page("POST", "/undecided", review_pages.answer, review_pages.Decided),
    Page("GET", "/documents", document_pages.show, document_pages.DocumentFrom),
    Page("GET", "/projects", project_pages.show, project_pages.FromProject, apart=True),
    Page("GET", "/projects/cloud", project_pages.cloud, project_pages.FromProject, apart=True),
    Page("GET", "/sync", sync_pages.show, apart=True),
    Page("GET", "/sync/plan", sync_pages.plan, sync_pages.SyncAsked, apart=True),
    Page("POST", "/sync", sync_pages.carry_out, sync_pages.SyncPressed, apart=True),
    Page("GET", "/duplicates", look_pages.duplicates, look_pages.FromNumber, apart=True),
    Page("GET", "/checks", look_pages.health, apart=True),
    Page("GET", "/jobs", look_pages.jobs, look_pages.JobAsked, apart=True),
)
"""Every page, and every form that a page sends."""
