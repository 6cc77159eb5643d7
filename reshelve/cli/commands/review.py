"""`review`: going through what a scan left undecided, one item at a time, and making rules of what was decided alike."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes
from reshelve.cli.review_desk import Desk
from reshelve.cli.review_folders import alike, each_of, for_all
from reshelve.cli.review_questions import (
    A_NEW_RULE,
    A_RULE,
    A_YES,
    AN_END,
    HELP,
    BackError,
    QuitError,
    SkipError,
    asked,
    asked_place,
    explained,
)
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.cli.terminal_questions import ask, nobody
from reshelve.planner.suggest.answer_proposals import SUGGESTED
from reshelve.schemas.facts import tells
from reshelve.schemas.layout import Layout, Review
from reshelve.schemas.locations import name, printable, split
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.session import review_answers
from reshelve.session.session import Session
from reshelve.views.colour import count
from reshelve.views.plans import facts_text

if TYPE_CHECKING:
    from reshelve.planner.suggest.learned_rules import Offer


_WHICH = "which of these always? number, Enter for just this file, or s to decide later: "
_WANTED = {"movie": ("title", "year"), "episode": ("show", "season", "episodes")}
"""Facts that files of a kind are usually filed by."""
_ANSWERS = (
    "  a, accept   file it where the suggestion says",
    "  e, edit     change the suggested place first; s, b and q alone do there what they do here",
    "  STORE:PATH  file it there, as in {store}:Heat (1995)/ or {store}:{{{{ title }}}}/",
    "  !, always   file it, and make a rule of that in reshelve.yaml; you choose which files it is for",
    "  l, leave    leave it where it is for good",
    "  s, skip     decide later; Enter does the same",
    "  *           after a, l, s or a folder: for all of its folder that is left for this reason; l*, {store}:Box/*",
    "  b, back     go back one question; what that takes back is shown first",
    "  q, quit     stop here; every answer so far is saved",
)


@click.command(epilog=exit_codes.epilog(0, 1, 7, 130))
@click.argument("layout", required=False, type=click.Path(path_type=Path))
@json_option
@pass_shell
def review(shell: Shell, layout: Path | None) -> int:
    """Go through the files in LAYOUT that no rule decided. Each answer is saved immediately, as an entry of your own.

    It ends with 1 if an answer could not be written, and was not given again.

    With --json, undecided files and answers are events on standard output, and questions go to standard error.

    If you filed three files or more the same way, a rule that would have done it is offered at the end.

    \b
    Answers: a accept the suggestion, e edit it, a place to put it (store:folder/), ! always do this (a new rule in
    reshelve.yaml), l leave it for good, s or Enter skip, b back to the question before (what that takes back is shown first),
    q quit, ? what each answer does. After the last question b goes back, too; Enter ends.
    l*, s*, a* and store:folder/* are for all of the file's folder that is left for the same reason.
    Example:
      reshelve review
    """
    from reshelve.views import ndjson

    desk = _open(shell, layout)
    shell.events(map(ndjson.review_event, desk.layout.review))
    if not desk.layout.review and not (shell.answers and desk.layout.files):
        desk.say(["Nothing to review."])
        return shell.finish(0, decided=0, left=0, rules=0)
    if not shell.answers:
        raise nobody(_by_hand(desk))
    shell.quiet = False  # nobody answers what was not shown
    if not desk.layout.review:
        desk.say(["Nothing to review."])
    else:
        try:
            _walk(desk)
        except (KeyboardInterrupt, click.Abort):
            shell.tell(["", f"Interrupted. Every answer so far is saved: {desk.decided_text}."])
            return shell.finish(exit_codes.code("interrupted"), decided=desk.decided, left=len(desk.layout.review))
        made = f", {count(len(desk.rules), 'rule')} made" if desk.rules else ""
        desk.say([f"{desk.decided_text}{made}."])
    _offer_learned(desk)
    steps = [step for step, due in (("scan", desk.rules), ("plan", desk.decided or desk.rules)) if due]
    if steps:
        shell.advise(["Next: " + ", then ".join(f"reshelve {step}" for step in steps)])
    if desk.unwritten:
        shell.tell([f"{count(len(desk.unwritten), 'answer')} could not be written; see above."])
    return shell.finish(1 if desk.unwritten else 0, decided=desk.decided, left=len(desk.layout.review), rules=len(desk.rules))


def _by_hand(desk: Desk) -> str:
    """Say how the first undecided file, or any that is like it, is decided without being asked."""
    item = next(iter(desk.layout.review), None)
    if item is None:
        return "Run it in a terminal."
    source = json.dumps(item.source, ensure_ascii=False)
    target = json.dumps(f"{desk.somewhere}:FOLDER/{name(split(item.source)[1])}", ensure_ascii=False)
    return printable(
        f"Run it in a terminal. Or edit {desk.path.name}: take the file out of `review:`, and to file it, put "
        f"{target}: {{from: {source}}} below `files:`; to leave it where it is, put {source} into the list `leave:`."
    )


def _open(shell: Shell, layout: Path | None) -> Desk:
    try:
        session: Session | None = api.open_workspace(layout.parent if layout is not None else ".")
    except ReshelveError:
        if layout is None:
            raise
        session = None
    path = layout or (session.layouts.path if session is not None else Path())
    versions = api.layout_versions(path)
    return Desk(shell, path, api.load_layout(path), versions, session)


def _walk(desk: Desk) -> None:
    """Ask about everything undecided, until the end or a quit. What a rule made meanwhile will file is not asked about."""
    undecided = desk.layout.review
    waiting = [item for item in undecided if not (item.because or "").startswith(review_answers.WITH)] or undecided
    along = len(undecided) - len(waiting)
    goes = f"{count(len(waiting), 'question')}: {along:,} {'goes' if along == 1 else 'go'} with another of them" if along else ""
    desk.say([f"{count(len(undecided), 'file')} to review, {goes}."] if goes else [])
    gone: list[int] = []
    at = 0
    try:
        while at < len(waiting) or _goes_back_from_the_end(desk):
            if at == len(waiting):
                at = _back_to(desk, waiting, gone, at)
                continue
            if not _is_open(desk, waiting[at]):
                at += 1
                continue
            desk.say(_shown(desk, waiting[at], at + 1, len(waiting)))
            if _answer(desk, waiting[at]):
                if desk.waits(waiting[at]):
                    desk.skipped[waiting[at].source] = waiting[at].source
                gone.append(at)
                at += 1
            else:
                at = _back_to(desk, waiting, gone, at)
    except QuitError:
        return


def _goes_back_from_the_end(desk: Desk) -> bool:
    """Ask after the last question, if anything was answered, whether to go back: what was answered last can be taken back too."""
    while desk.answered:
        answer = explained(desk, "That was the last question. Enter ends, b goes back one: ", AN_END).lower()
        if answer in ("b", "back"):
            return True
        if answer in ("", "q", "quit"):
            return False
        desk.say([f"  Not an answer: {printable(answer)}."])
    return False


def _back_to(desk: Desk, waiting: Sequence[Review], gone: list[int], at: int) -> int:
    """Go back from question `at` to the last one of those `gone`, and return which is asked now."""
    if not gone:
        desk.say(["  This is the first question."])
    elif _back(desk, waiting[gone[-1]], f"{gone[-1] + 1} of {len(waiting)}"):
        at = gone.pop()
        desk.ask_again(waiting[at])
    return at


def _is_open(desk: Desk, item: Review) -> bool:
    return desk.waits(item) and item.source not in desk.skipped and not any(offer.files_too(item.source) for offer in desk.rules)


def _back(desk: Desk, item: Review, number: str) -> bool:
    """Go back to a question: say what that takes back, and take it back if that is meant. False: nothing was done."""
    if not desk.answered or desk.answered[-1].source != item.source:
        return True  # it was skipped
    desk.say([f"Back to {number}: {printable(item.source)}. This takes back:"])
    desk.say(f"    {line}" for line in desk.answered[-1].told())
    if explained(desk, "take that back? yes/no: ", A_YES).lower() not in ("y", "yes"):
        return False
    try:
        desk.take_back()
    except ReshelveError as error:
        desk.shell.problems(error.problems)
        return False
    return True


def _shown(desk: Desk, item: Review, number: int, total: int) -> Iterator[str]:
    yield ""
    yield f"{number} of {total}: {printable(item.source)}"
    yield f"  why: {printable(item.because or 'undecided')}"
    for other in desk.layout.review:
        if review_answers.is_companion(other, item):
            yield f"  goes with it: {printable(other.source)}"
    if others := alike(desk, item):
        yield f"  in this folder, for this reason: {count(len(others), 'more file')}; to answer for all, end with *, as in l*"
    yield from _known(desk, item)
    told = item.suggestion
    if told is not None:
        by_model = (told.because or "").startswith(SUGGESTED)
        sure = f" ({told.confidence:.0%} sure)" if told.confidence is not None and by_model else ""
        yield f"  suggestion: {printable(told.to)}{sure}"
        if told.because:
            yield f"  because: {printable(told.because)}"


def _known(desk: Desk, item: Review) -> Iterator[str]:
    """Yield what is known of a file, what of that is not certain and why, and what a rule would want to know besides."""
    facts = item.facts or {}
    if facts and facts != {"kind": "other"}:
        yield f"  facts: {facts_text(facts)}"
    doubts = desk.session.rules.doubts(item) if desk.session is not None and facts else {}
    for reason in dict.fromkeys(doubts.values()):
        names = [name.replace("_", " ") for name, why in doubts.items() if why == reason]
        yield f"  not certain: {', '.join(names)} ({printable(reason)})"
    lacking = [name for name in _WANTED.get(str(facts.get("kind")), ()) if not tells(facts.get(name))]
    if lacking and "date" not in facts:
        yield f"  not known: {', '.join(lacking)}"


def _answer(desk: Desk, item: Review) -> bool:
    """Ask until an answer holds; False to go back. Raises QuitError."""
    choices = "accept/edit/always/leave/skip/back/quit/?" if item.suggestion else "always/leave/skip/back/quit/?"
    while True:
        answer = ask(f"{choices}, or a place: ")
        all_of_it = for_all(answer)
        others = alike(desk, item) if all_of_it is not None else []
        answer = desk.placed(item, answer if all_of_it is None else all_of_it)
        try:
            match answer.lower():
                case _ if answer.lower() in HELP:
                    answers = _ANSWERS if item.suggestion else _ANSWERS[2:]
                    desk.say(line.format(store=desk.somewhere) for line in answers)
                case "q" | "quit":
                    raise QuitError
                case "b" | "back":
                    return False
                case "" | "s" | "skip":
                    desk.skipped |= {other.source: item.source for other in others}
                    return True
                case "l" | "leave":
                    desk.keep(item, each_of(others, review_answers.leave))
                    return True
                case "!" | "always":
                    if _always(desk, item):
                        return True
                case "a" | "accept" if item.suggestion:
                    desk.keep(item, each_of(others, _as_suggested(desk)))
                    return True
                case "e" | "edit" if item.suggestion:
                    desk.keep(
                        item,
                        _filing(desk, _place(desk, item, asked_place(desk, item, "place: ", item.suggestion.to))),
                    )
                    return True
                case _ if ":" not in answer:
                    lacking = "There is no suggestion for it. " if answer.lower() in ("a", "accept", "e", "edit") else ""
                    desk.say([f"  Not an answer: {printable(answer)}. {lacking}Answer {choices}, or {desk.somewhere}:FOLDER/"])
                case _:
                    desk.keep(item, each_of(others, _filed_at(desk, answer)))
                    return True
        except BackError:
            continue
        except SkipError:
            return True
        except ReshelveError as error:
            desk.shell.problems(error.problems)
            if not desk.waits(item):
                return True


def _filing(desk: Desk, target: str) -> Callable[[Layout, Review], Layout]:
    """Return what files an item of a layout at a place."""
    return lambda layout, item: review_answers.accept(layout, item, target, desk.stores)


def _as_suggested(desk: Desk) -> Callable[[Layout, Review], Layout]:
    """Return what files an item of a layout where its own suggestion says; one without any stays undecided."""

    def filed(layout: Layout, item: Review) -> Layout:
        return review_answers.accept(layout, item, item.suggestion.to, desk.stores) if item.suggestion is not None else layout

    return filed


def _filed_at(desk: Desk, typed: str) -> Callable[[Layout, Review], Layout]:
    """Return what files an item of a layout at the place that was typed, filled in for it."""
    return lambda layout, item: review_answers.accept(layout, item, _place(desk, item, typed), desk.stores)


def _place(desk: Desk, item: Review, typed: str) -> str:
    """Return where a person's answer puts an item: `{{ }}` is filled in. Raises ReshelveError where that cannot be."""
    from reshelve.planner.suggest.typed_places import is_template

    if desk.session is not None:
        return desk.session.rules.place_of(item, typed, desk.layout)
    if is_template(typed):
        detail = "There is no workspace here, whose settings {{ }} is filled in by."
        raise stop("bad-place", "That place cannot be filled in.", detail, path=typed, hint="Write it without {{ }}.")
    return typed


def _always(desk: Desk, item: Review) -> bool:
    """File an item, and make a rule of it. False: asked again, nothing done."""
    suggested = item.suggestion.to if item.suggestion else ""
    while True:
        typed = asked_place(desk, item, "always where? a place (b goes back): ", suggested)
        if not typed:
            return False
        try:
            filing = _filing(desk, _place(desk, item, typed))
            after = filing(desk.layout, item)
            break
        except ReshelveError as error:
            # What was typed is mended here: asked the ordinary question, the rule would be forgotten.
            desk.shell.problems(error.problems)
            suggested = ""
    filed = next(entry for entry in after.files if after.files[entry].source == item.source)
    made = desk.session.rules.offers(item, filed, desk.layout, typed) if desk.session else []
    offers = [offer for offer in made if not offer.refused]
    desk.say(f"  not offered: {printable(offer.like)}, for {offer.refused}" for offer in made if offer.refused)
    if not offers:
        why = "there is no workspace here to write it to"
        if desk.session is not None:
            why = "see above" if made else desk.session.rules.no_rule_because(item, filed, desk.layout, typed)
        desk.say(
            [
                f"  No rule can be made of that ({why}), and nothing was filed.",
                "  For this file alone, answer with the place.",
                "  For a condition of your own, write the rule yourself: reshelve help rules",
            ]
        )
        return False
    for number, offer in enumerate(offers, 1):
        more = f"{count(offer.files, 'more file')} to review" if offer.files else "no other file now"
        desk.say([f"  {number}  {printable(offer.like)}, {more} -> {printable(offer.rule.place or '')}"])
        desk.say(_written(offer, only="when:"))
    answer = asked(desk, _WHICH, A_RULE)
    while answer and not (answer.isdecimal() and 1 <= int(answer) <= len(offers)):
        desk.say([f"  Not a number from 1 to {len(offers)}."])
        answer = asked(desk, _WHICH, A_RULE)
    made_rule = None
    if answer:
        offer = offers[int(answer) - 1]
        with desk.writing(item.source):
            made_rule = offer, desk.make(offer)
    desk.keep(item, filing)
    desk.answered[-1].rule = made_rule
    return True


def _offer_learned(desk: Desk) -> None:
    """Offer rules for what was filed alike by hand; what is declined is not offered again."""
    if desk.session is None:
        return
    for offer in desk.session.rules.learned(desk.layout):
        rule = offer.rule
        desk.say(["", f"You filed {count(offer.files, 'file')} {printable(offer.like)} under {printable(rule.place or '')}."])
        waiting = sum(offer.files_too(item.source) for item in desk.layout.review)
        also = f" It would also file {count(waiting, 'file')} that you left undecided." if waiting else ""
        desk.say([f"The rule would be:{also}", *_written(offer)])
        answer = explained(desk, "Make that a rule? yes/no: ", A_NEW_RULE).lower()
        if answer in ("y", "yes"):
            try:
                with desk.writing(f"rule {rule.name}"):
                    desk.make(offer)
            except ReshelveError as error:
                desk.shell.problems(error.problems)
        elif answer in ("n", "no"):
            desk.session.rules.decline(offer)
        elif answer in ("q", "quit"):
            return


def _written(offer: "Offer", only: str = "") -> Iterator[str]:
    """Yield the lines of a rule as they would be written, its patterns among them; `only`: the line that begins so."""
    from reshelve.documents.rule_insertion import rule_lines

    return (f"       {printable(line)}" for line in rule_lines(offer.rule) if line.lstrip(" -").startswith(only))
