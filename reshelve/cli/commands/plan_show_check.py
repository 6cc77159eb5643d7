"""`plan`, `show` and `check`: what would be done, what was, and whether things are as declared."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from shlex import quote

import click

from reshelve import __version__, api
from reshelve.cli import exit_codes, input_documents
from reshelve.cli.shared_options import age, exclude_each_other, full_option, json_option, max_delete_option, only_options
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.documents import output_files
from reshelve.opening import workspace_search
from reshelve.schemas.cut_short import CutShort
from reshelve.schemas.layout import Layout
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, errors
from reshelve.session.session import Session
from reshelve.session.session_plans import Choice
from reshelve.views.printed_paths import shown

FILE = click.Path(path_type=Path)


@click.command(epilog=exit_codes.epilog(0, 1, 2, 7))
@click.argument("layout", required=False, type=FILE)
@click.option("-o", "--output", type=FILE, metavar="PLAN.JSON", help="Save the plan for `reshelve apply PLAN.JSON`; - prints it.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if there are changes.")
@click.option("--strict", is_flag=True, help="Exit with 1 if an entry is blocked, not only if all are; with 7 beyond a guard.")
@click.option("--against", type=FILE, metavar="INVENTORY", help="Plan against a saved inventory, without the disks.")
@click.option("--markdown", is_flag=True, help="Print Markdown, as a comment for a pull request.")
@click.option("--json-into", type=FILE, metavar="FILE", help="Also write NDJSON events to FILE.")
@json_option
@full_option
@only_options
@max_delete_option
@pass_shell
def plan(
    shell: Shell,
    layout: Path | None,
    output: Path | None,
    detailed_exitcode: bool,
    strict: bool,
    against: Path | None,
    markdown: bool,
    json_into: Path | None,
    full: bool,
    only: tuple[str, ...],
    exclude: tuple[str, ...],
    max_delete: str,
) -> int:
    """Show what it takes to make the stores match LAYOUT (default: layout.yaml). Nothing is touched.

    The last line begins with `Plan:`, or with `Nothing to do:` if all is as desired, or with `Nothing planned:` if there is
    nothing that can be done: entries are blocked, something is wrong, or a store is not there.

    \b
    Examples:
      reshelve plan
      reshelve plan -o plan.json && reshelve apply plan.json
      reshelve plan --against inventory.ndjson --markdown
    """
    from reshelve.schemas.documents.plan_files import plan_bytes
    from reshelve.views import ndjson

    if output == output_files.PRINTED and (shell.json or markdown):
        raise click.UsageError("-o - prints the plan alone: leave out --json and --markdown.")
    exclude_each_other(json=shell.json, markdown=markdown)
    session = shell.looking(_session(shell, json_into))
    saved = output_files.claim(output, output_files.PLAN, session.setting) if output not in (None, output_files.PRINTED) else None
    desired, digest = api.layout_with_digest(layout or session.layouts.path, facts=session.plans.uses_facts)
    observed = api.load_inventory(against) if against else None
    with shell.working("Planning", session.times()) as seen:
        planning = session.watched(seen).plans
        made = planning.make(desired, digest=digest, choice=Choice(only, exclude), max_delete=max_delete, against=observed)
    unsettled = session.runs.unsettled_inside(made)
    shell.problems(unsettled)
    if saved is not None:
        _save(made, saved)
    beyond = [replace(problem, severity="warning") for problem in session.plans.guard(made, max_delete=max_delete)]
    if output == output_files.PRINTED:
        shell.events(ndjson.plan_events(made))
        shell.put([plan_bytes(made).decode().rstrip("\n")])
    else:
        half_done = against is None and bool(session.runs.unsettled())
        if half_done and not (markdown or full or shell.verbose or shell.json):
            shell.say(
                ["What a plan would do while a run is half done is not shown: settle the run first. (--full shows it as it is now)"]
            )
        else:
            _present(shell, made, beyond, markdown=markdown, full=full)
    shell.problems(beyond)
    if saved is not None:
        _say_saved(shell, made, saved.path, refused=bool(beyond or unsettled) or against is not None)
    # No option of `apply` lifts this one: such a plan can never be applied.
    too_dear = any(problem.code == "max-cost" for problem in beyond)
    refused = too_dear or (strict and bool(beyond))
    return _finish(shell, made, changes_are_2=detailed_exitcode, strict=strict, refused=refused)


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("what", metavar="[PLAN|RUN]", required=False, default="last")
@json_option
@full_option
@pass_shell
def show(shell: Shell, what: str, full: bool) -> int:
    """Show a saved plan, or the result of each operation of a run (default: the last). The beginning of its id names a run.

    With --json, each operation of a run has a `result` event: done, failed, unsure or not-done, its bytes, and its entry's facts.

    \b
    Examples:
      reshelve show plan.json --full
      reshelve show
    """

    path = Path(what)
    named = "/" in what or what.endswith(".json")
    if path.is_file() or named:
        saved = input_documents.load_plan(input_documents.must_exist(path))
        shell.plan(saved, full=full, asked=True)
        return shell.finish_plan(0, saved)
    return _show_run(shell, what, full=full)


def _show_run(shell: Shell, what: str, *, full: bool) -> int:
    """Show what a run came to, or, while it has no report, its plan and whether something is at work on it."""
    from reshelve.views import ndjson
    from reshelve.views.runs import heading, report_text, run_text

    session = api.find_session(run=what)
    state = session.setting.state
    damaged: list[Problem] = []
    work = session.runs.at_work()
    report = state.report_of(what, damaged)
    try:
        carried_out = state.plan_of(what)
    except ReshelveError as lost:
        if report is None:
            raise
        damaged += lost.problems
        carried_out = None
    shell.problems(replace(problem, severity="warning") for problem in damaged)
    figures = ndjson.plan_figures(carried_out) if carried_out is not None else {}
    if report is None:
        assert carried_out is not None
        shell.plan(carried_out, full=full, asked=True)
        under_way = work.on(carried_out.run)
        if under_way:
            shell.answer(["", f"Run {carried_out.run} is under way."])
            return shell.finish(0, **figures, outcome="under way")
        cut = next((one for one in session.runs.cut_short() if one.run == carried_out.run), CutShort(carried_out.run))
        shell.answer(["", f"Run {carried_out.run} was cut short, {cut.progress}.", *cut.ways.splitlines()])
        return shell.finish(0, **figures, outcome="unsettled", done=cut.done, at_most=cut.at_most)
    if carried_out is not None:
        shell.events(ndjson.plan_events(carried_out))
        shell.answer(
            run_text(carried_out, report, full=full or shell.verbose, facts=shell.verbose, colour=shell.colour, width=shell.width)
        )
    else:
        shell.answer([heading(report, report.command)])
    shell.events(ndjson.report_events(report))
    since = next((run for run in state.runs() if run.id == report.run), None)
    # Without its plan it can be settled, and not undone.
    shell.answer(report_text(report, shell.colour, brief=shell.quiet or carried_out is None, since=since))
    return shell.finish(0, **figures, outcome=report.outcome, undone_by=since.undone_by if since is not None else "")


@click.command(epilog=exit_codes.epilog(0, 1, 2, 7))
@click.argument("layout", required=False, type=FILE)
@click.option("--offline", is_flag=True, help="Check documents and policies only, without the disks.")
@click.option("--against", type=FILE, metavar="INVENTORY", help="Check drift against a saved inventory, without the disks.")
@click.option("--max-age", callback=age, metavar="AGE", help="Refuse an inventory older than this, such as 12h.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "junit"]),
    default=None,
    help="The output format.  [default: text]",
)
@json_option
@pass_shell
def check(shell: Shell, layout: Path | None, offline: bool, against: Path | None, max_age: float | None, form: str | None) -> int:
    """Check documents, policies and drift: is every file of LAYOUT in its place? Made for CI; nothing is touched.

    \b
    Examples:
      reshelve check
      reshelve check --offline --format github
    """
    from reshelve.planner.check import CheckResult
    from reshelve.views import check_junit, checks

    if max_age is not None and against is None:
        raise click.UsageError("--max-age is about a saved inventory: add --against INVENTORY.")
    exclude_each_other(offline=offline, against=against)
    form = _form_of(shell, form)
    path = layout or Path("layout.yaml")
    documents: list[str] = []
    try:
        session = shell.watching(api.open_workspace())
        documents.append(str(session.setting.file))
        path = layout or session.layouts.path
        observed = api.load_inventory(against) if against else None
        desired = _sound_layout(path, session.setting.file)
        documents += map(str, sorted(path.glob("*.yaml")) if path.is_dir() else [path])
        # The other forms are one document each: nothing is told before it.
        with shell.working("Checking") if form == "text" else nullcontext():
            result = session.layouts.check(desired, offline=offline, against=observed, max_age=max_age)
        if offline:
            result.unsound.extend(api.store_problems(path, desired, session.setting.file))
        if not errors([*result.unsound, *result.problems]):
            result.unsound.extend(api.layout_doubts(path, desired, session.setting.file, offline=offline))
        result.problems[:0] = [*session.runs.unsettled(), *session.runs.unknown()]
        result = result.placed(
            partial(api.entry_places, path, desired),
            partial(api.store_places, documents[0]),
            partial(api.policy_places, documents[0]),
            most=checks.EXAMPLES if form == "text" else None,
        )
    except ReshelveError as error:
        if form == "text":
            raise
        # A CI system reads its own form only: documents that cannot be read are told in it as well.
        result, code = CheckResult(unsound=error.problems, looked=False), exit_codes.code(error.kind)
    else:
        broken = bool(result.drift or errors(result.broken))
        code = exit_codes.first([1 if errors([*result.unsound, *result.problems]) else 0, 2 if broken else 0])
    match form:
        case "json":
            shell.put(checks.check_json(result, reshelve=__version__, exit_code=code))
        case "github":
            shell.put(checks.check_github(result, layout=str(path), spelt=workspace_search.in_repository))
        case "junit":
            shell.put(check_junit.check_junit(result, documents=documents, spelt=workspace_search.in_repository))
        case _:
            shell.put(checks.check_text(result, shell.colour))
    return code


def _sound_layout(path: Path, workspace: Path | None) -> Layout:
    """Return the layout to check. Raises ReshelveError with every problem of it, and every store in it that no workspace has."""
    try:
        return api.load_layout(path)
    except ReshelveError as error:
        unknown = api.store_problems(path, workspace=workspace) if path.exists() else []
        raise ReshelveError([*error.problems, *unknown], error.kind) from None


def _form_of(shell: Shell, form: str | None) -> str:
    """Return the form that a check is printed in. Raises UsageError where two are asked for."""
    if shell.json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other.")
    form = "json" if shell.json else form or "text"
    shell.json = form == "json"
    return form


def _present(shell: Shell, made: Plan, beyond: Sequence[Problem], *, markdown: bool, full: bool) -> None:
    if not markdown:
        shell.plan(made, full=full)
        return
    from reshelve.views import ndjson
    from reshelve.views.plan_markdown import plan_markdown

    shell.events(ndjson.plan_events(made))
    shell.answer(plan_markdown(made, beyond))


def _finish(shell: Shell, made: Plan, *, changes_are_2: bool, strict: bool, refused: bool) -> int:

    # A plan with nothing left to do but what is blocked ends as its `apply` would.
    changes = made.can_apply()
    wrong = errors(made.problems) or (made.blocked and (strict or not changes))
    code = exit_codes.first([7 if refused else 0, 1 if wrong else 0, 2 if changes and changes_are_2 else 0])
    return shell.finish_plan(code, made)


def _session(shell: Shell, json_into: Path | None) -> Session:
    """Open the workspace here, the copy of the events begun: where none can be opened, it tells of that."""
    try:
        session = api.open_workspace()
    except ReshelveError:
        if json_into is not None:
            shell.copy_events(output_files.claim(json_into, output_files.EVENTS, None).begin())
        raise
    if json_into is not None:
        shell.copy_events(output_files.claim(json_into, output_files.EVENTS, session.setting).begin())
    return session


def _save(made: Plan, output: output_files.Output) -> None:
    from reshelve.schemas.documents.plan_files import save_plan

    output.put(lambda path, version: save_plan(made, path, version))


def _say_saved(shell: Shell, made: Plan, path: Path, *, refused: bool) -> None:
    """Say where the plan was saved, and how it is applied if it can be as it is: beside the plan, whose last line is its own."""
    if shell.json or shell.quiet:
        return
    applies = made.can_apply() and not errors(made.problems) and not refused
    shell.tell([f"Wrote {shown(path)}." + (f" Next: reshelve apply {quote(shown(path))}" if applies else "")])
