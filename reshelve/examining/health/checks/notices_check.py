"""Check: notices of runs are delivered."""

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.executors.hooks.notice_queue import key_of
from reshelve.schemas.problems import Problem, sentence

_LONG = 24 * 3600.0


def notices(sight: Sight) -> CheckResult:
    """Find receivers for which a notice has waited for more than a day."""
    waiting = sight.session.notices.waiting()
    now = sight.session.now().timestamp()
    late = {notice.receiver: notice for notice in waiting if now - notice.made > _LONG}
    problems = [
        Problem(
            "notices-wait",
            "Notices have waited for more than a day.",
            f"{sentence(notice.why) or 'Nobody has sent them'}.",
            key_of(name),
            "reshelve notify queue",
            severity="warning",
        )
        for name, notice in sorted(late.items())
    ]
    return CheckResult(problems, {"waiting": len(waiting)})
