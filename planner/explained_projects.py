"""What the project into which a file would go has to say of it, as `explain` tells it: nothing, another name, or that it waits."""

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.planner.scanners.project_config_settings import ProjectSettings, heeded
from reshelve.planner.scanners.rule_scanner import RuleBook, Verdict
from reshelve.schemas.layout import Transfer
from reshelve.schemas.locations import join


def proposed(
    book: RuleBook, reader: Reader, one: Bundle, verdict: Verdict, transfer: Transfer, reading: Reading, *, rename: bool
) -> Proposal:
    """Return what the rules propose of a bundle, as far as projects have a say in it."""
    target, waits = (verdict.target, None) if isinstance(verdict.target, str) else ("", verdict.target)
    source = join(book.store, one.main.rel)
    own = Proposal(book.store, reader, one, source, target, verdict.because, transfer, "fail", reading.facts, open=waits)
    if verdict.rule is not None and rename:
        own.content_type = verdict.rule.content_type
    return own


def by_project(settings: ProjectSettings, verdict: Verdict, own: Proposal, there: str, asked: str) -> tuple[str, str | OpenTarget]:
    """Return why a project leaves file `asked` of a proposal to a person ("" where none does), and the target of its main by then.

    `there` is where the last scan put the main, "" nowhere.
    """
    if verdict.deed == "place":
        return heeded(own, settings, {own.source: there}, asked)
    kept = settings.shut(own.source) if verdict.deed == "absent" else ""
    return kept, own.open or own.target
