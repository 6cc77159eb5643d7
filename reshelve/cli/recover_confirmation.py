"""The question before a run is settled: how far it got, and what settling it will do, is said, and a person agrees."""

from collections.abc import Sequence
from dataclasses import asdict

from reshelve.cli.terminal import Shell
from reshelve.cli.terminal_questions import confirm
from reshelve.schemas.cut_short import CutShort


def say_and_ask(shell: Shell, cut: Sequence[CutShort], how: str | None, *, yes: bool, only_show: bool) -> None:
    """Say of each run what settling it will do, and ask on a terminal. Raises ReshelveError when it is declined.

    Where nobody can answer nothing is asked: what is cut short is settled by scripts too.
    """
    # Of one whose plan is lost nothing is promised: settling it is refused, with what can be done.
    cut = [one for one in cut if one.operations or how == "accept"]
    for one in cut:
        shell.say([f"Run {one.run} ({one.command}) was cut short, {one.progress}.", f"  {_will(one, how, only_show=only_show)}"])
        shell.events([{"type": "cut-short", **asdict(one), "will": _deed(one, how)}])
    if not cut or only_show or yes or not shell.answers:
        return
    confirm(shell, _question(cut, how), yes=yes)


def _deed(cut: CutShort, how: str | None) -> str:
    """Return what settling will do with a run: "rollback", "finish", "keep", "accept", or "record" what had come to its end."""
    deed = how or ("rollback" if cut.on_error == "rollback" else "keep")
    return "record" if cut.ended or (cut.is_whole and deed in ("finish", "keep")) else deed


def _will(cut: CutShort, how: str | None, *, only_show: bool) -> str:
    """Say what settling does with a run, or where that is only shown, what it would do."""
    deed, will, be = _deed(cut, how), "would be" if only_show else "will be", "would" if only_show else "will"
    if deed == "rollback" and cut.at_most == 0 and cut.operations:
        return "Nothing of it has to be taken back."
    finishing = "completes its record" if cut.is_whole else "does the rest"
    return {
        "rollback": f"What it did {will} taken back.  (--finish {finishing} instead)",
        "finish": f"The rest of it {will} done: {_rest(cut)}.",
        "keep": f"What it did {will} kept, and the run {be} end there.  (--finish does the rest, --rollback takes it back)",
        "accept": f"What it did {will} kept, and steps that cannot be told {will} recorded as they are.",
        "record": f"It had come to its end: only its record {will} completed.",
    }[deed]


def _rest(cut: CutShort) -> str:
    least, most = cut.operations - cut.at_most, cut.operations - cut.done
    many = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    return f"{many} operation{'' if most == 1 else 's'}" if cut.operations else "as much as its plan says"


def _question(cut: Sequence[CutShort], how: str | None) -> str:
    it = f"run {cut[0].run}" if len(cut) == 1 else f"these {len(cut):,} runs"
    deeds = {_deed(one, how) for one in cut}
    if len(deeds) > 1:
        return f"Settle {it}?"
    return {
        "record": f"Complete the record of {it}?",
        "rollback": f"Take back {it}?",
        "finish": f"Do the rest of {it}?",
        "keep": f"Keep what {it} did, and end there?",
        "accept": f"Record {it} as it stands?",
    }[deeds.pop()]
