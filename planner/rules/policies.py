"""Policies: what every entry of a layout must keep, judged from the layout alone."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reshelve.planner.rules.condition_matching import ConditionError, Matcher, Subject, describe
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import Problem, Where
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.workspace import Policy


class Planned(Subject):
    """An entry as a condition sees it: the target's name and path, the size the layout tells, its facts. It has no age yet."""

    __slots__ = ()

    def __init__(self, target: str, entry: Entry) -> None:
        root, rel = split(target)
        size: Any = entry.size if entry.content is None else len(entry.content.encode())
        super().__init__(Item(rel, "file", size, 0, 0, 0, 1, 0, ""), store_of(root), entry.facts or {}, 0)

    @property
    def age(self) -> Any:
        """Nothing: what an entry asks for was not written yet."""
        return None


@dataclass(slots=True, frozen=True)
class Violation:
    """What is wrong with one entry, or with the policy itself if that cannot be checked, and the name of the policy."""

    policy: str
    problem: Problem

    def at(self, where: Where | None, declared: Where | None) -> "Violation":
        """Return the same with its line, and in its hint that of the policy, which is `declared` there.

        Of a policy that cannot be checked, the line is the policy's own.
        """
        problem = self.problem
        if not problem.path:
            return replace(self, problem=replace(problem, where=problem.where or declared))
        own = f" The policy is in {os.path.basename(declared.file)}, line {declared.line}." if declared is not None else ""
        return replace(self, problem=replace(problem, where=problem.where or where, hint=problem.hint + own))


def violations(layout: Layout, policies: Sequence[Policy]) -> list[Violation]:
    """Return a violation for each policy an entry breaks, and for each policy that cannot be asked, sorted.

    A policy is asked of every entry of `files` its `when` holds of; what an entry does not tell meets no demand.
    """
    found: list[Violation] = []
    asked: list[tuple[Policy, Matcher, Matcher]] = []
    for policy in policies:
        try:
            asked.append((policy, Matcher(policy.when), Matcher(policy.require)))
        except ConditionError as fault:
            detail = f"Policy {policy.name}: {fault.reason}."
            problem = Problem("bad-policy", "A policy cannot be checked.", detail, hint="Edit the policy in reshelve.yaml.")
            found.append(Violation(policy.name, problem))
    if asked:
        for target, entry in layout.files.items():
            subject = Planned(target, entry)
            for policy, when, require in asked:
                if when.holds(subject) and not require.holds(subject):
                    found.append(Violation(policy.name, _broken(policy, target)))
    return sorted(found, key=lambda one: one.problem.order())


def _broken(policy: Policy, target: str) -> Problem:
    detail = f"Policy {policy.name}{_said(policy).rstrip('.')}."
    hint = "Correct the entry (its place, its `facts:`), or the rule that wrote it."
    return Problem("policy", "A policy is violated.", detail, target, hint, severity=policy.level)


def _said(policy: Policy) -> str:
    """Return what follows the name of a policy: its message, or what it forbids or asks for."""
    if policy.message:
        return f": {policy.message}"
    forbidden = policy.require.none_of
    if forbidden is not None and describe(policy.require) == f"not ({describe(forbidden)})":
        return f" forbids: {describe(forbidden)}"
    return f" asks for: {describe(policy.require)}"
