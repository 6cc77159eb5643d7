"""Cost: the figures people reckon with, to the cent; what a plan adds, asks for once, and has to wait for."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reshelve.planner.cost.class_scenarios import ScenarioError, Use, all_in, break_even, compare, mix, scenario
from reshelve.planner.cost.fees import PART, early_fee, put_requests, thaw_fee, transition_fee, upload_fee
from reshelve.planner.cost.money import cents, plain, shown, year
from reshelve.planner.cost.monthly_cost import Holding, UnknownClass, class_month, held, holding, month, together, total
from reshelve.planner.cost.plan_cost import cost_of
from reshelve.planner.cost.price_lists import shipped
from reshelve.planner.observing.saved_inventory import InventoryReader
from reshelve.schemas.inventory import Item, Listing, Root
from reshelve.schemas.operations import AnyOperation, Copy, Download, Move, Pack, Purge, Thaw, Transition, Trash, Unpack, Upload
from reshelve.schemas.price_list import Prices

GB = 2**30
DAY_NS = 86400 * 10**9
NOW_NS = 1_800_000_000 * 10**9
PRICES = shipped()
OUT_5_CENTS = PRICES.model_copy(update={"out_gb": Decimal("0.05")})


def bill(parts: str) -> Decimal:
    kept, own = mix(parts, PRICES)
    return cents(scenario("", kept, own, PRICES, Use()).month)


@pytest.mark.parametrize(
    ("parts", "a_month", "a_year"),
    [
        ("STANDARD=400", "9.20", "110.40"),
        ("DEEP_ARCHIVE=400", "0.40", "4.80"),
        ("ssd=100,STANDARD=100,DEEP_ARCHIVE=200", "2.50", "30.00"),
        ("STANDARD=100", "2.30", "27.60"),
        ("DEEP_ARCHIVE=200", "0.20", "2.40"),
        ("ssd=400", "0.00", "0.00"),
        ("GLACIER=200", "0.72", "8.64"),
    ],
)
def test_what_an_archive_costs(parts: str, a_month: str, a_year: str) -> None:
    assert bill(parts) == Decimal(a_month)
    assert year(bill(parts)) == Decimal(a_year)


@pytest.mark.parametrize(
    ("size", "out", "storage", "brought_out"),
    [("0.5", "1", "0.01", "0.05"), ("5", "10", "0.12", "0.50"), ("50", "100", "1.15", "5.00")],
)
def test_what_working_together_costs(size: str, out: str, storage: str, brought_out: str) -> None:
    kept, own = mix(f"STANDARD={size}", OUT_5_CENTS)
    found = scenario("", kept, own, OUT_5_CENTS, Use(Decimal(out)))
    assert (cents(found.storage), cents(found.out)) == (Decimal(storage), Decimal(brought_out))
    assert OUT_5_CENTS.in_gb == 0


def test_the_free_tier_is_taken_off() -> None:
    kept, own = mix("STANDARD=6", PRICES)
    use = Use(puts=3000, gets=21000)
    paid, spared = scenario("", kept, own, PRICES, use), scenario("", kept, own, PRICES, use, free=True)
    assert paid.storage == 6 * Decimal("0.023") and spared.storage == Decimal("0.023")
    assert paid.requests == 3 * Decimal("0.005") + 21 * Decimal("0.0004")
    assert spared.requests == Decimal("0.005") + Decimal("0.0004")
    small, _ = mix("STANDARD=5", PRICES)
    assert scenario("", small, {}, PRICES, Use(puts=2000, gets=20000), free=True).month == 0
    deep, _ = mix("DEEP_ARCHIVE=5", PRICES)
    assert scenario("", deep, {}, PRICES, Use(), free=True).month == 5 * Decimal("0.00099")


def test_each_archived_object_has_40_kib_beside_it() -> None:
    thousand = class_month("DEEP_ARCHIVE", Holding(0, 2**15, 0), PRICES)
    assert thousand == 1 * Decimal("0.00099") + Decimal("0.25") * Decimal("0.023")
    assert class_month("GLACIER_IR", Holding(0, 2**15, 0), PRICES) == 0


def test_small_objects_are_billed_as_the_smallest() -> None:
    assert holding(10, "STANDARD_IA", PRICES, 3).billed == 3 * 128 * 1024
    assert holding(10, "STANDARD", PRICES, 3).billed == 10
    with pytest.raises(UnknownClass):
        holding(1, "EXPRESS_ONEZONE", PRICES)


def test_leaving_early_is_paid_to_the_end_of_the_minimum() -> None:
    assert early_fee(GB, "GLACIER_IR", 60, PRICES) == Decimal("0.004")
    assert early_fee(GB, "GLACIER_IR", 90, PRICES) == 0
    assert early_fee(GB, "STANDARD", 0, PRICES) == 0
    deep = early_fee(1000 * GB, "DEEP_ARCHIVE", 30, PRICES)
    assert cents(deep) == Decimal("4.95")


def test_requests_of_an_upload() -> None:
    assert [put_requests(size) for size in (0, PART, PART + 1, 10**15)] == [1, 1, 4, 10_002]
    assert upload_fee(1, "STANDARD", PRICES) == Decimal("0.000005")
    assert upload_fee(PART * 100, "DEEP_ARCHIVE", PRICES) == (Decimal("0.05") + 101 * Decimal("0.005")) / 1000
    assert transition_fee("DEEP_ARCHIVE", PRICES, 102) == Decimal("0.0051")


def test_flexible_and_deep_archive_are_two_things() -> None:
    flexible = thaw_fee(100 * GB, "GLACIER", "Standard", 7, PRICES)
    deep = thaw_fee(100 * GB, "DEEP_ARCHIVE", "Standard", 7, PRICES)
    assert cents(flexible[0]) == Decimal("1.00") and cents(deep[0]) == Decimal("2.00")
    assert flexible[1] == deep[1] == 100 * Decimal("0.023") * 7 / 30
    hours = {each.storage_class: each.hours for each in compare(GB, 1, PRICES)}
    assert (hours["GLACIER"], hours["DEEP_ARCHIVE"], hours["GLACIER_IR"]) == (5, 12, 0)


def test_break_even_with_instant_retrieval() -> None:
    assert break_even("STANDARD", "GLACIER_IR", PRICES).when == "below"
    assert round(break_even("STANDARD", "GLACIER_IR", PRICES).share, 3) == Decimal("0.633")
    assert round(break_even("STANDARD_IA", "GLACIER_IR", PRICES).share, 3) == Decimal("0.425")
    assert break_even("DEEP_ARCHIVE", "GLACIER_IR", PRICES).when == "never"
    quick = break_even("GLACIER", "GLACIER_IR", PRICES, "Expedited")
    assert quick.when == "above" and round(quick.share, 3) == Decimal("0.075")
    assert [each.storage_class for each in compare(GB, 1, PRICES)] == [
        "STANDARD", "STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["STANDARD", "STANDARD=x", "=3", "STANDARD=-1", "EXPRESS=3", "STANDARD=1:x", "STANDARD=NaN", ""])
def test_a_mix_that_cannot_be_read(text: str) -> None:
    with pytest.raises(ScenarioError):
        mix(text, PRICES)


def test_a_mix_of_everything() -> None:
    kept, own = mix("ssd=1,STANDARD=2,STANDARD=0.5:7, nas=3", PRICES)
    assert kept == {"STANDARD": Holding(5 * GB // 2, 7, 5 * GB // 2)}
    assert {name: each.bytes for name, each in own.items()} == {"ssd": GB, "nas": 3 * GB}
    assert together(kept, all_in("STANDARD", GB, 1, PRICES))["STANDARD"].objects == 8


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_amounts_as_text(amount: Decimal) -> None:
    assert abs(Decimal(plain(amount)) - amount) <= Decimal("0.0000005") or abs(Decimal(plain(amount))) == Decimal("0.000001")
    assert bool(Decimal(plain(amount))) == bool(amount), "what is not nothing is never nothing"
    assert "E" not in plain(amount) and len(plain(amount).partition(".")[2]) >= 2
    assert not plain(amount).startswith("-0.00") or Decimal(plain(amount)) != 0


def test_amounts_for_people() -> None:
    assert [shown(Decimal(x)) for x in ("2.3", "-0.2", "0.004", "-0.004", "0", "1234.5")] == [
        "$2.30", "-$0.20", "under $0.01", "under -$0.01", "$0.00", "$1,234.50"
    ]  # fmt: skip
    assert shown(Decimal("1.005"), "EUR") == "1.01 EUR"


# Plans.


def bucket(*items: tuple[str, int, str, int], versioned: bool = False) -> InventoryReader:
    """Return a bucket root `s3` with (key, size, class, days ago)."""
    made = [
        Item(k, "file", size, NOW_NS - days * DAY_NS, 0, n + 1, 1, 0o644, "s3", c) for n, (k, size, c, days) in enumerate(items)
    ]
    return InventoryReader(Listing(Root("s3", "s3://b/p", "s3", kind="bucket", versioned=versioned), made))


def planned(reader: InventoryReader, *operations: AnyOperation, prices: Prices = PRICES) -> Any:
    disk = InventoryReader(Listing(Root("ssd", "/ssd", "disk")))
    return cost_of(operations, {"s3": reader, "ssd": disk}, prices, NOW_NS)


def test_a_plan_on_disks_costs_nothing() -> None:
    assert planned(bucket(), Move("ssd:a", "ssd:b", 1, 1, 1)) is None


def test_uploading_adds_to_the_bill() -> None:
    cost = planned(
        bucket(("a", 100 * GB, "STANDARD", 1)),
        Upload("ssd:b", "s3:b", 100 * GB, 0, 1, "GLACIER_IR"),
        Pack("ssd:c", "s3:c.tar.gz", "tar.gz", 100 * GB, (), True),
    )
    assert (cost.month_before, cost.month_after, cost.month_difference) == ("2.30", "5.00", "2.70")
    assert [(each.storage_class, each.objects, each.month) for each in cost.changes] == [
        ("GLACIER_IR", 1, "0.40"),
        ("STANDARD", 1, "2.30"),
    ]
    assert {line.kind for line in cost.lines} == {"requests"}
    assert cost.once == cost.lines[0].amount and cost.wait_hours == "0"


def test_a_transition_moves_the_bill_and_pays_for_leaving_early() -> None:
    reader = bucket(("a", 100 * GB, "GLACIER_IR", 30))
    change = Transition("s3:a", 100 * GB, NOW_NS - 30 * DAY_NS, 1, "GLACIER_IR", "DEEP_ARCHIVE")
    cost = planned(reader, change)
    assert cost.month_before == "0.40"
    assert cost.month_difference == plain(class_month("DEEP_ARCHIVE", Holding(100 * GB, 1, 100 * GB), PRICES) - Decimal("0.4"))
    assert {line.kind: cents(Decimal(line.amount)) for line in cost.lines} == {
        "early-deletion": Decimal("0.80"), "retrieval": Decimal("3.00"), "transition": Decimal("0.00")
    }  # fmt: skip


def test_older_versions_go_on_being_billed() -> None:
    change = Transition("s3:a", 100 * GB, NOW_NS, 1, "STANDARD", "DEEP_ARCHIVE")
    cost = planned(bucket(("a", 100 * GB, "STANDARD", 30), versioned=True), change)
    assert cost.still_billed == "2.30" and cost.month_difference == "0.099"
    hidden = planned(bucket(("a", 100 * GB, "STANDARD", 30)), Trash("s3:a", 100 * GB, 0, 1, away="copy"))
    assert (hidden.still_billed, hidden.month_difference) == ("2.30", "0.00")
    gone = planned(bucket(("a", 100 * GB, "STANDARD", 30)), Purge("s3:a", 100 * GB, 0, 1))
    assert (gone.still_billed, gone.month_difference, gone.month_after) == ("0.00", "-2.30", "0.00")


def test_thawing_and_bringing_back() -> None:
    reader = bucket(("a", 100 * GB, "DEEP_ARCHIVE", 300), ("b", 10 * GB, "GLACIER", 300), ("c", 10 * GB, "STANDARD_IA", 300))
    cost = planned(
        reader,
        Thaw("s3:a", 100 * GB, 0, 1, 7, "Bulk"),
        Thaw("s3:b", 10 * GB, 0, 2, 7, "Expedited"),
        Download("s3:c", "ssd:c", 10 * GB, 0, 3),
        Unpack("s3:c", "ssd:d", "tar.gz", 10 * GB, 0, 3),
        Copy("s3:c", "s3:e", 10 * GB, 0, 3, "object"),
    )
    lines = {line.kind: (line.objects, cents(Decimal(line.amount))) for line in cost.lines}
    assert lines["transfer-out"] == (2, Decimal("1.80"))
    assert lines["thawed-copy"] == (2, cents(110 * Decimal("0.023") * 7 / 30))
    assert lines["retrieval"] == (5, Decimal("0.25") + Decimal("0.31") + 3 * Decimal("0.10"))
    assert cost.wait_hours == "48"


def test_classes_without_a_price_are_named() -> None:
    cost = planned(bucket(("a", GB, "REDUCED", 1)), Upload("ssd:b", "s3:b", GB, 0, 1, "OTHER"))
    assert cost.unpriced == ["OTHER", "REDUCED"] and cost.month_before == "0.00"
    known, unknown = held([Listing(Root("ssd", "/ssd"), [Item("a", "file", 5, 0, 0, 1, 1, 0, "")])], PRICES)
    assert (known, unknown) == ({}, [])
    assert total(month({}, PRICES)) == 0
