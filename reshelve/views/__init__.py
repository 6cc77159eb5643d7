"""Views: values in, text out. Nothing here decides, and nothing here knows about commands."""

from reshelve.views.plans import plan_text
from reshelve.views.problem_text import problems_text
from reshelve.views.runs import log_text, report_text, run_text
from reshelve.views.status import Status, StoreStatus, status_text

__all__ = ["Status", "StoreStatus", "log_text", "plan_text", "problems_text", "report_text", "run_text", "status_text"]
