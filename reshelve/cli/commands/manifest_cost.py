"""`manifest` and `cost`: where every project stands, and what that costs."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reshelve import api
from reshelve.cli import exit_codes, input_documents
from reshelve.cli.shared_options import json_option
from reshelve.cli.terminal import Shell, pass_shell
from reshelve.documents import output_files
from reshelve.opening import workspace_search
from reshelve.schemas.inventory import Inventory
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import stop
from reshelve.views.colour import count
from reshelve.views.printed_paths import shown

if TYPE_CHECKING:
    from reshelve.planner.cost.class_scenarios import Scenario, Use
    from reshelve.planner.cost.monthly_cost import Holding
    from reshelve.schemas.price_list import Prices

FILE = click.Path(path_type=Path)
NOW = "as it is now"


class Number(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A number that is not negative, exact."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read it."""
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal(-1)
        if not number.is_finite() or number < 0 or number > 10**12:
            self.fail(f"{value!r} is not a number such as 100 or 0.5.", param, ctx)
        return number


NUMBER = Number()


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.option("-o", "--output", type=FILE, metavar="MANIFEST.JSON", help="Write the manifest as one JSON document; - prints it.")
@click.option("--against", type=FILE, metavar="INVENTORY", help="Use a saved inventory, without the disks.")
@json_option
@pass_shell
def manifest(shell: Shell, output: Path | None, against: Path | None) -> int:
    """List every project of the workspace's `tiers:` in all stores: where it is and since when, its size and class.

    The list is always made from the current state of the stores.

    \b
    Examples:
      reshelve manifest
      reshelve manifest -o manifest.json
    """
    from reshelve.schemas.documents.manifest_files import manifest_text, save_manifest
    from reshelve.views import manifests

    session = shell.looking(api.open_workspace())
    if not session.workspace.tiers:
        raise stop(
            "no-tiers", "This workspace has no tiers.", "`tiers:` says where projects are kept.", hint="see `reshelve help tiers`"
        )
    if output == output_files.PRINTED and shell.json:
        raise click.UsageError("-o - prints the manifest alone: leave out --json.")
    saved = (
        output_files.claim(output, output_files.MANIFEST, session.setting) if output not in (None, output_files.PRINTED) else None
    )
    with shell.working("Looking"):
        made = session.costs.manifest(against=_inventory(against))
    if output == output_files.PRINTED:
        shell.put([manifest_text(made).decode().rstrip("\n")])
    elif saved is not None:
        saved.put(lambda path, version: save_manifest(made, path, version))
        shell.say([f"Wrote {shown(saved.path)}: {count(len(made.projects), 'project')}."])
    else:
        shell.answer(manifests.manifest_text(made, shell.colour))
    shell.events(manifests.project_event(project) for project in made.projects)
    shell.events(manifests.total_event(name, total.projects, total.size_bytes) for name, total in made.totals.items())
    return shell.finish(0, projects=len(made.projects))


@click.command(epilog=exit_codes.epilog(0, 1, 7))
@click.argument("plan", required=False, type=FILE, metavar="[PLAN.JSON]")
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="CLASS|MIX", help="Everything in CLASS, or GB in each: ssd=100,STANDARD=300."
)
@click.option("--compare", is_flag=True, help="Compare all classes, and show when GLACIER_IR is cheaper.")
@click.option("--gb", type=NUMBER, metavar="N", help="Calculate with this many GB instead of the content of the buckets.")
@click.option("--objects", type=click.IntRange(min=0), metavar="N", help="The number of objects that --gb is split into.")
@click.option("--out-gb", type=NUMBER, default="0", metavar="N", help="GB downloaded per month.")
@click.option("--puts", type=click.IntRange(min=0), default=0, metavar="N", help="Uploads per month.")
@click.option("--gets", type=click.IntRange(min=0), default=0, metavar="N", help="Downloads per month.")
@click.option("--tier", type=click.Choice(["Standard", "Bulk", "Expedited"]), default="Standard", help="Retrieval tier for thaws.")
@click.option("--free-tier/--no-free-tier", default=None, help="Subtract the monthly free tier.")
@click.option("--prices", type=FILE, metavar="PRICES.YAML", help="Use this price list instead of the workspace's.")
@click.option("--against", type=FILE, metavar="INVENTORY", help="Use a saved inventory, without the buckets.")
@json_option
@pass_shell
def cost(
    shell: Shell,
    plan: Path | None,
    scenarios: tuple[str, ...],
    compare: bool,
    gb: Decimal | None,
    objects: int | None,
    out_gb: Decimal,
    puts: int,
    gets: int,
    tier: str,
    free_tier: bool | None,
    prices: Path | None,
    against: Path | None,
) -> int:
    """Show what the buckets cost per month now, after a saved plan, or in another scenario.

    \b
    Examples:
      reshelve cost
      reshelve cost plan.json
      reshelve cost --gb 400 --objects 102 --compare
      reshelve cost --scenario STANDARD=400 --scenario ssd=100,STANDARD=100,DEEP_ARCHIVE=200
    """
    from reshelve.planner.cost import cost_levels
    from reshelve.planner.cost.class_scenarios import Use
    from reshelve.views import costs

    if plan is not None and (scenarios or compare or gb is not None or objects is not None or prices or against):
        raise click.UsageError("PLAN has its own figures: leave out the options of a scenario.")
    if plan is not None:
        return _of_plan(shell, input_documents.load_plan(plan))
    by, free, levels = _prices(prices, free_tier)
    found: list[Scenario] = []
    kept: dict[str, Holding] = {}
    if gb is None and (compare or not scenarios or not all("=" in each for each in scenarios)):
        kept = _kept(shell, by, against)
    size, number = _amount(kept, gb, objects, by)
    use = Use(out_gb, puts, gets)
    if not scenarios and not compare and gb is None:
        found.append(now := _scenario(NOW, kept, {}, by, use, free))
        shell.problems(cost_levels.of_currency(levels, by.currency))
        shell.problems(cost_levels.of_now(cost_levels.reached(levels, now.month, by.currency)))
    found += [_named(text, size, number, by, use, free) for text in scenarios]
    shell.answer([costs.heading(by)])
    for each in found:
        shell.answer(["", *costs.scenario_text(each, by)])
        shell.events([costs.scenario_event(each, by)])
    if compare or (gb is not None and not scenarios):
        _compare(shell, size, number, by, tier)
    return shell.finish(0, prices=by.name, date=by.date, currency=by.currency)


def _of_plan(shell: Shell, plan: Plan) -> int:
    from dataclasses import asdict

    from reshelve.views import costs

    if plan.cost is None:
        shell.say(["This plan touches no bucket: it costs nothing."])
        return shell.finish(0)
    shell.answer(costs.plan_cost(plan.cost))
    shell.events([{"type": "cost", **asdict(plan.cost)}])
    return shell.finish(0)


def _prices(file: Path | None, free: bool | None) -> "tuple[Prices, bool, Sequence[str]]":
    """Return the price list to reckon by, and whether the free tier counts: as told, as the workspace says, else as shipped.

    Last come the levels to warn at.
    """
    from reshelve.planner.cost.price_lists import shipped
    from reshelve.schemas.documents.price_files import load_prices

    around = workspace_search.find_workspace(Path.cwd())
    session = api.open_workspace() if around is not None else None
    terms = session.workspace.cost if session is not None else None
    by = load_prices(file) if file is not None else session.costs.prices() if session is not None else shipped()
    return by, free if free is not None else bool(terms and terms.free_tier), terms.warn if terms is not None else ()


def _kept(shell: Shell, by: "Prices", against: Path | None) -> "dict[str, Holding]":
    from reshelve.planner.cost.monthly_cost import together

    session = shell.looking(api.open_workspace())
    buckets = session.costs.kept(by, against=_inventory(against), tell=shell.problems)
    unpriced = sorted({name for _, names in buckets.values() for name in names})
    if unpriced:
        detail = f"{by.name} has no price for {', '.join(unpriced)}."
        raise stop("no-price", "What is kept cannot be reckoned.", detail, hint="add the class to a price list of your own")
    if not buckets:
        shell.tell(["This workspace has no buckets: disks of your own cost nothing here."])
    return together(*(each for each, _ in buckets.values()))


def _amount(kept: "dict[str, Holding]", gb: Decimal | None, objects: int | None, by: "Prices") -> tuple[int, int]:
    from reshelve.planner.cost.monthly_cost import from_gigabytes

    size = from_gigabytes(gb, by) if gb is not None else sum(each.bytes for each in kept.values())
    return size, objects if objects is not None else sum(each.objects for each in kept.values())


def _named(text: str, size: int, number: int, by: "Prices", use: "Use", free: bool) -> "Scenario":
    from reshelve.planner.cost.class_scenarios import ScenarioError, all_in, mix
    from reshelve.planner.cost.monthly_cost import UnknownClass

    try:
        kept, own = mix(text, by) if "=" in text else (all_in(text, size, number, by), {})
    except ScenarioError as error:
        raise click.BadParameter(f"{error.reason}.", param_hint="--scenario") from None
    except UnknownClass:
        classes = ", ".join(by.classes)
        raise click.BadParameter(f"{text!r} is not in the price list, which has {classes}.", param_hint="--scenario") from None
    return _scenario(text if "=" in text else f"all in {text}", kept, own, by, use, free)


def _scenario(name: str, kept: "dict[str, Holding]", own: "dict[str, Holding]", by: "Prices", use: "Use", free: bool) -> "Scenario":
    from reshelve.planner.cost.class_scenarios import scenario

    return scenario(name, kept, own, by, use, free=free)


def _compare(shell: Shell, size: int, number: int, by: "Prices", tier: str) -> None:
    from reshelve.planner.cost import class_scenarios
    from reshelve.views import costs

    rows = class_scenarios.compare(size, number, by, tier=tier)
    shell.answer(["", *costs.comparison_text(rows, by, tier)])
    shell.events(costs.comparison_events(rows, by))


def _inventory(path: Path | None) -> Inventory | None:
    return api.load_inventory(path) if path is not None else None
