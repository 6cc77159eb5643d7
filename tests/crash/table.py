"""The table of a sweep: faults tried and survived, by command and by system call."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from tests.crash.verdict import Verdict


def table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield the lines of a table, as Markdown. A point that was never reached is told apart: it proves nothing."""
    yield ""
    yield from _rows("command", verdicts, lambda one: one.scenario.partition(":")[0])
    yield ""
    yield from _rows("call", verdicts, lambda one: one.call)
    yield ""
    yield from _rows("fault", verdicts, lambda one: "kill" if one.fault == "KILL" else one.fault)
    yield ""
    ended = Counter(one.outcome for one in verdicts)
    yield "how it stood at the end: " + "; ".join(f"{outcome} {count:,}" for outcome, count in ended.most_common())
    yield ""


def _rows(what: str, verdicts: Iterable[Verdict], key: Callable[[Verdict], str]) -> Iterator[str]:
    grouped: dict[str, list[Verdict]] = {}
    for one in verdicts:
        grouped.setdefault(key(one), []).append(one)
    yield f"| {what} | kills tried | survived | errors tried | survived | not reached |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for name, mine in sorted(grouped.items()):
        yield _row(name, mine)
    yield _row("all", [one for mine in grouped.values() for one in mine])


def _row(name: str, verdicts: Sequence[Verdict]) -> str:
    fired = [one for one in verdicts if one.fired]
    kills = [one for one in fired if one.fault == "KILL"]
    failed = [one for one in fired if one.fault != "KILL"]
    cells = [len(kills), sum(not one.wrong for one in kills), len(failed), sum(not one.wrong for one in failed)]
    return f"| {name} | " + " | ".join(f"{cell:,}" for cell in (*cells, len(verdicts) - len(fired))) + " |"
