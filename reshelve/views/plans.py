"""The plan for people: grouped by rule and target folder, the reason beside every change, one stable summary line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reshelve.schemas.carried_bytes import bytes_of
from reshelve.schemas.facts import tells
from reshelve.schemas.locations import printable
from reshelve.schemas.operations import (
    AnyOperation,
    Configure,
    Copy,
    Download,
    Link,
    Move,
    Pack,
    Thaw,
    Transition,
    Trash,
    Unpack,
    Upload,
)
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.colour import Paint, count, fit
from reshelve.views.moments import moment
from reshelve.views.plan_apart import APART, Apart, apart_of, why_apart
from reshelve.views.plan_counts import shown_as, summary
from reshelve.views.plan_groups import Group, groups_of, is_folder
from reshelve.views.plan_places import folder_of, name_of, target_of
from reshelve.views.plan_reasons import kept_as, reason_of
from reshelve.views.plan_trees import new_trees
from reshelve.views.problem_text import problems_grouped, problems_text

LINES = 60
_GONE = {"gone": "Blocked: gone.", "gone-for-good": "Blocked: gone for good."}
"""What is said of what is left out because it is not there, by code: it is not left as it is."""
KINDS = {
    "mkdir": ("+", "make folder", "add"),
    "move": (">", "move", "move"),
    "copy": ("=", "copy", "add"),
    "link": ("&", "link", "add"),
    "write": ("w", "write", "add"),
    "upload": ("^", "upload", "add"),
    "download": ("v", "download", "add"),
    "pack": ("p", "pack", "add"),
    "unpack": ("u", "unpack", "add"),
    "transition": ("~", "change the class", "move"),
    "thaw": ("*", "ask for an archived object", "move"),
    "configure": ("%", "configure the bucket", "move"),
    "reveal": ("<", "bring back", "add"),
    "trash": ("-", "to the trash", "remove"),
    "rmdir": ("x", "remove emptied folder", "remove"),
    "purge": ("!", "remove for good", "remove"),
}
"""How each kind of operation is shown: its symbol, its words, its colour."""
SYMBOLS = {kind: symbol for kind, (symbol, _, _) in KINDS.items()}
LEGEND = {kind: words for kind, (_, words, _) in KINDS.items()}
STYLE = {kind: style for kind, (_, _, style) in KINDS.items()}
WORTH_SAYING = 1_000_000
"""Bytes below which nobody makes room first; where even that lacks, the plan has a problem that says so."""
_DISKS = 6
"""Disks of which it is said one by one how much room they need."""
_WHOLE: Apart = {}
NO_REASON = "as the layout says"
"""Beside what was given no reason: an entry that a person wrote."""


def plan_text(
    plan: Plan, *, full: bool = False, verbose: bool = False, colour: bool = False, width: int = 100, kept: bool = False
) -> Iterator[str]:
    """Yield a plan's lines: at most 60, each folder once, or with `full` every operation in the order it will be done.

    Problems are told by kind, with `full` each; when `verbose` the facts of each operation's file are, too. `kept`: see `summary`.
    """
    paint = Paint(colour)
    tail = _tail(plan, paint, width, every_problem=full or verbose, kept=kept)
    if plan.operations:
        yield paint("bold", _title(plan))
        yield ""
        budget = None if full or verbose else LINES - 3 - len(tail)
        yield from operations_text(plan.operations, paint, width, budget, facts=verbose, apart=apart_of(plan.problems))
        yield ""
    yield from tail


def _title(plan: Plan) -> str:
    what = {"undo": f"Taking back run {plan.of}", "redo": f"Doing again what undo {plan.of} took back"}.get(plan.command)
    made_for = f"{what}, plan" if what and plan.of else "Plan"
    note = " (made from a saved inventory: for reading only)" if plan.against else ""
    return f"{made_for} {plan.run}{note}" if plan.run else f"{made_for}{note}"


def operations_text(
    operations: Sequence[AnyOperation], paint: Paint, width: int, budget: int | None, *, facts: bool = False, apart: Apart = _WHOLE
) -> Iterator[str]:
    """List every operation where that fits `budget` lines (None: however many, with their `facts`), else the largest groups.

    `apart` says what goes to another disk than the rest of what it belongs to.
    """
    if budget is None:
        yield from _listed(operations, paint, width, facts=facts, apart=apart)
        return
    if len(operations) <= budget:
        trees, others = new_trees(operations)
        lines = [line for top, inside in trees for line in _tree(top, inside, paint)]
        lines += _listed(_by_heading(others), paint, width, apart=apart)
        if len(lines) <= budget:
            yield from lines
            return
    yield from _grouped(operations, paint, width, budget, apart)


def _tree(top: str, operations: Sequence[AnyOperation], paint: Paint) -> Iterator[str]:
    """Yield a new folder with all that makes it, each level further in, under one reason."""
    reasons = [op.because for op in sorted(operations, key=lambda op: op.op != "write")]
    yield f"  {paint('dim', printable(reasons[0] or NO_REASON))}"
    above = top.rpartition("/")[0].count("/") + (1 if "/" in top else 0)
    for op in operations:
        target = target_of(op)
        symbol = paint(STYLE[op.op], SYMBOLS[op.op])
        name = printable(target if target == top else name_of(target))
        tail = "/" if op.op == "mkdir" else f"  {paint('dim', human_size(bytes_of(op)))}"
        yield f"    {symbol} {'  ' * (target.count('/') - above)}{name}{tail}"


def facts_text(facts: Mapping[str, Any] | None) -> str:
    """Return facts in words, such as "kind episode, season 2"; "" where there are none."""
    told = (
        (name.replace("_", " "), ", ".join(map(str, value)) if isinstance(value, list) else value)
        for name, value in (facts or {}).items()
        if tells(value)
    )
    return printable(", ".join(f"{name} {value}" for name, value in told))


def _listed(
    operations: Iterable[AnyOperation], paint: Paint, width: int, *, facts: bool = False, apart: Apart = _WHOLE
) -> Iterator[str]:
    """List every operation, a heading wherever folder or reason changes."""
    heading: tuple[str, str] | None = None
    for op in operations:
        if (now := _heading(op)) != heading:
            heading = now
            folder = heading[0]
            yield "  " + "   ".join(
                part for part in (printable(folder), paint("dim", printable(reason_of(op) or NO_REASON))) if part
            )
            if why := why_apart(apart, folder):
                yield f"    {paint('warn', f'apart from the rest: {printable(why)}')}"
        yield f"    {_line(op, paint, width)}"
        if facts and (known := facts_text(getattr(op, "facts", None))):
            yield f"        {paint('dim', known)}"


def _by_heading(operations: Iterable[AnyOperation]) -> Iterator[AnyOperation]:
    """Yield operations by the heading they stand under, in the order in which the headings come first."""
    gathered: dict[tuple[str, str], list[AnyOperation]] = {}
    for op in operations:
        gathered.setdefault(_heading(op), []).append(op)
    for members in gathered.values():
        yield from members


def _heading(op: AnyOperation) -> tuple[str, str]:
    return "" if is_folder(op) else folder_of(target_of(op)), reason_of(op)


@dataclass(slots=True, frozen=True)
class Row:
    """An operation as people read it: `name` is what stands in its target folder, `source` where that comes from, "" for nowhere.

    `size` is "" where it carries nothing of its own, `how` "" where there is but one way.
    """

    symbol: str
    name: str
    size: str
    source: str
    how: str


def row_of(op: AnyOperation) -> Row:
    """Return an operation as a row below its target folder."""
    target = target_of(op)
    symbol = SYMBOLS[op.op]
    if is_folder(op):
        return Row(symbol, f"{printable(target)}/", "", "", "")
    if isinstance(op, Configure):
        return Row(symbol, f"{op.what} of {printable(op.root)}", "", "", "")
    # A link carries nothing of its own: a size beside it would be taken for the file's.
    size = "" if isinstance(op, Link) else human_size(bytes_of(op))
    source = ""
    if isinstance(op, Move | Copy | Link | Upload | Download | Pack | Unpack):
        source = printable(folder_of(op.src) if name_of(op.src) == name_of(target) else op.src)
    return Row(symbol, printable(name_of(target)), size, source, _how(op))


def _line(op: AnyOperation, paint: Paint, width: int) -> str:
    row, kind = row_of(op), shown_as(op)
    symbol = paint(STYLE[kind], SYMBOLS[kind])
    how = f"  ({row.how})" if row.how else ""
    if row.source:
        return f"{symbol} {row.name:<{min(width // 2, 60)}} {paint('dim', f'{row.size:>8}  from')} {row.source}{how}"
    return f"{symbol} {row.name}  {paint('dim', row.size)}{how}" if row.size else f"{symbol} {row.name}{how}"


def _how(op: AnyOperation) -> str:
    """Return in what way an operation does what its symbol says, where there is more than one."""
    match op:
        case Move(objects=True):
            how = ", ".join(part for part in ("within the service", op.storage_class) if part)
        case Copy(how="object"):
            how = op.storage_class
        case Move(across=True):
            how = "to another disk"
        case Link():
            how = f"{op.how} link"
        case Upload():
            how = ", ".join(part for part in (op.storage_class, "then removed here" if op.takes else "") if part)
        case Pack(upload=True):
            how = ", ".join(part for part in ("as one archive", op.storage_class) if part)
        case Download():
            how = "then removed there" if op.away else ""
        case Trash(kept=kept) if kept is not None:
            how = f"removed there: {printable(kept.place)} holds the same"
        case Trash(until=until) if until:
            how = f"can be brought back until {until}"
        case Trash() if name := kept_as(op):
            how = f"as {printable(name)}"
        case Transition():
            how = f"{op.before} to {op.after}"
        case Thaw():
            how = f"{op.tier}, for {count(op.days, 'day')}"
        case _:
            how = ""
    return how


def _grouped(operations: Iterable[AnyOperation], paint: Paint, width: int, budget: int, apart: Apart) -> Iterator[str]:
    """Show the largest groups that fit the budget, under their reasons, and count the rest."""
    found = groups_of(operations, shown_as)
    made = sum(group.files for group in found if group.op == "mkdir")
    removed = sum(group.files for group in found if group.op == "rmdir")
    emptied = sum(group.files for group in found if group.op == "purge" and group.noun == "folder")
    budget -= bool(made) + bool(removed) + bool(emptied)
    shown, hidden = _largest([group for group in found if group.noun != "folder"], budget)
    for reason, members in shown.items():
        yield f"  {paint('dim', fit(printable(reason or NO_REASON), width * 2))}"
        for group in members:
            yield f"    {_group_line(group, paint, width, is_apart=bool(why_apart(apart, group.folder)))}"
    if hidden:
        files = sum(group.files for group in hidden)
        yield f"  … and {count(len({g.folder for g in hidden}), 'more folder')} ({count(files, 'file')}); `--full` lists them"
    if made:
        yield f"  {paint('add', '+')} {count(made, 'new folder')}"
    if removed:
        yield f"  {paint('remove', 'x')} {count(removed, 'emptied folder')} removed"
    if emptied:
        yield f"  {paint(STYLE['purge'], SYMBOLS['purge'])} {count(emptied, 'folder')} of the trash, empty by then"


def _largest(groups: list[Group], budget: int) -> tuple[dict[str, list[Group]], list[Group]]:
    """Choose the largest groups for `budget` lines, a line more for each new reason, and one for what is left over."""
    order = sorted(groups, key=lambda g: (-g.files, g.folder, g.op, g.reason))
    shown: dict[str, list[Group]] = {}
    for at, group in enumerate(order):
        cost = 1 + (group.reason not in shown)
        spare = 0 if at == len(order) - 1 else 1
        if cost + spare > budget:
            return shown, order[at:]
        budget -= cost
        shown.setdefault(group.reason, []).append(group)
    return shown, []


_BEFORE_PLACE = len("    > " + " " * 12 + " " + " " * 8 + "  ")
"""How many columns of the line of a group stand before its place, which has all that are left."""


def _group_line(group: Group, paint: Paint, width: int, *, is_apart: bool) -> str:
    symbol = paint(STYLE[group.op], SYMBOLS[group.op])
    room = width - _BEFORE_PLACE
    alone = group.files == 1
    told = [word for word, holds in (("new", group.fresh and not alone), (APART, is_apart)) if holds]
    tail = f" ({', '.join(told)})" if told else ""
    where = f"{fit(printable(group.example if alone else group.folder), room - len(tail))}{paint('dim', tail) if tail else ''}"
    return f"{symbol} {count(group.files, 'file'):>12} {human_size(group.size):>8}  {where}"


def trouble_text(plan: Plan, colour: bool = False, width: int = 100, *, full: bool = False) -> list[str]:
    """Return what is wrong with a plan, what is blocked and its problems: by kind, or with `full` each."""
    return [line for each in _troubles(plan, Paint(colour), width, full=full) for line in each]


def _troubles(plan: Plan, paint: Paint, width: int, *, full: bool) -> Iterator[list[str]]:
    for found in (blocked_problems(plan), plan.problems):
        yield list(problems_text(found, paint.on)) if full else problems_grouped(found, paint, codes=3, width=width, whole="--full")


def _tail(plan: Plan, paint: Paint, width: int, *, every_problem: bool, kept: bool) -> list[str]:
    """Everything after the operations: what is blocked, problems, room, what is held, the legend, and the summary."""
    lines: list[str] = []
    for block in (*_troubles(plan, paint, width, full=every_problem), *_besides(plan)):
        if block:
            lines += [*block, ""]
    kinds = {op.op if op.op != "pack" else shown_as(op) for op in plan.operations}
    if kinds:
        lines.append("  ".join(f"{paint(STYLE[kind], SYMBOLS[kind])} {text}" for kind, text in LEGEND.items() if kind in kinds))
    lines.append(paint("bold", summary(plan, kept=kept)))
    return lines


def blocked_problems(plan: Plan) -> list[Problem]:
    """Return a warning for every entry that a plan leaves out."""
    problems = []
    for entry in plan.blocked:
        # Where the words name the source, it is not named again.
        named = not entry.source or f" {entry.source} " in f" {entry.detail} "
        detail = entry.detail if named else f"{entry.detail} (from {entry.source})"
        problems.append(
            Problem(
                entry.code, _GONE.get(entry.code, "Blocked: left as it is."), detail, entry.target, entry.hint, severity="warning"
            )
        )
    return problems


def besides_text(plan: Plan) -> list[str]:
    """Return what is to be said of a plan beside its operations and problems: room, cost, what waits, what is held."""
    return [line for block in _besides(plan) for line in block]


def _besides(plan: Plan) -> tuple[list[str], ...]:
    return _space(plan), _cost(plan), waiting_text(plan), _held(plan)


def _space(plan: Plan) -> list[str]:
    needs = [need for need in plan.space if need.needs]
    if all(need.needs < WORTH_SAYING for need in needs):
        return []
    most = sorted(needs, key=lambda need: -need.needs)
    lines = [f"Room on {printable(need.root)}: {human_size(need.needs)} needed." for need in most[:_DISKS]]
    if len(most) > _DISKS:
        rest = sum(need.needs for need in most[_DISKS:])
        lines.append(f"Room on {count(len(most) - _DISKS, 'more disk')}: {human_size(rest)} needed.")
    return lines


def _cost(plan: Plan) -> list[str]:
    if plan.cost is None:
        return []
    from reshelve.views.costs import plan_cost

    return list(plan_cost(plan.cost))


def waiting_text(plan: Plan) -> list[str]:
    """Return what waits for a thaw, and about until when: nothing of it is a change."""
    asked = {op.src for op in plan.operations if isinstance(op, Thaw)}
    lines = []
    for waiting in plan.waiting[:3]:
        unknown = "asked for by this plan" if waiting.source in asked else "asked for by others"
        ready = f"ready about {moment(waiting.ready)}" if waiting.ready else unknown
        lines.append(f"Waiting for a thaw: {printable(waiting.target)}, {ready}.")
    if len(plan.waiting) > 3:
        latest = max(waiting.ready for waiting in plan.waiting)
        until = f", the last about {moment(latest)}" if latest else ""
        lines.append(f"… and {len(plan.waiting) - 3:,} more wait for a thaw{until}.")
    return lines


def _held(plan: Plan) -> list[str]:
    if not plan.held:
        return []
    return [held_text(len(plan.held))]


def held_text(entries: int) -> str:
    """Return that this many entries are held, and how they are let go of."""
    held = f"{count(entries, 'entry', 'entries')} held since an undo, or since a run put files away"
    return f"{held}: not planned until `reshelve release`."
