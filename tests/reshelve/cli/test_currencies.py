"""Amounts of a workspace and its prices: what is in another currency has no effect, and that is said."""

from pathlib import Path

from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import call


def test_amounts_in_another_currency_than_the_prices_are_told(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "reshelve.yaml").write_text(
        "version: 1\nstores: {inbox: {path: inbox}, s3: {s3: videos}}\n"
        "cost:\n  warn: [0.01 EUR/month, 1000 USD/month]\nguards: {max_cost: 5 EUR/month}\n"
    )
    came = call(tmp_path, "validate", "--json")
    told = [event for event in came.events if event.get("code") == "cost-currency"]
    assert came.code == 0 and [(event["severity"], event["where"]["line"]) for event in told] == [("warning", 4), ("warning", 5)]
    buckets = CaseBuckets()
    buckets.lay("s3://videos/there.mkv\n")
    with buckets.served():
        for command in ("cost", "report monthly"):
            said = call(tmp_path, *command.split()).err
            assert "cost-currency" in said and "0.01 EUR/month" in said and "1000 USD" not in said
