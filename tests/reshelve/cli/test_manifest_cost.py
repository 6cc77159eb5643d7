"""`cost`, `manifest` and `s3 policy` from the command line."""

import json
from pathlib import Path

import pytest

from examples.make_projects import make
from tests.support.casebuckets import CaseBuckets
from tests.support.shellcalls import call

TIERS = """\
version: 1
stores:
  ssd: {path: ssd}
  s3: {s3: videos, prefix: v}
tiers:
  videos:
    order:
      ssd: {at: "ssd:{project}"}
      s3: {at: "s3:{range}/{project}", form: tar.gz}
    moves: [{from: ssd, to: [s3], after: 180d}]
guards: {max_cost: 1 USD/month}
"""


def test_scenarios_to_the_cent(tmp_path: Path) -> None:
    mixed = "ssd=100,STANDARD=100,DEEP_ARCHIVE=200"
    came = call(tmp_path, "cost", "--json", "--scenario", "STANDARD=400", "--scenario", "DEEP_ARCHIVE=400", "--scenario", mixed)
    assert came.code == 0
    found = [(event["month"], event["year"]) for event in came.events if event["type"] == "scenario"]
    assert found == [("9.20", "110.40"), ("0.40", "4.80"), ("2.50", "30.00")]
    assert came.events[-1]["date"] == "2026-05-01" and came.events[-1]["currency"] == "USD"
    shown = call(tmp_path, "cost", "--scenario", mixed).out
    assert "$2.30" in shown and "$0.20" in shown and "$30.00" in shown and "2026-05-01" in shown


def test_the_collaboration_table_by_a_price_list_of_ones_own(tmp_path: Path) -> None:
    prices = Path(__file__).resolve().parents[3] / "examples" / "project-tiers" / "prices.yaml"
    found = []
    for size, out in (("0.5", "1"), ("5", "10"), ("50", "100")):
        came = call(tmp_path, "cost", "--json", "--prices", str(prices), "--scenario", f"STANDARD={size}", "--out-gb", out)
        (event,) = [event for event in came.events if event["type"] == "scenario"]
        found.append((event["lines"][0]["month"], event["out"], event["currency"]))
    assert found == [("0.0115", "0.05", "USD"), ("0.115", "0.50", "USD"), ("1.15", "5.00", "USD")]
    spared = call(tmp_path, "cost", "--json", "--free-tier", "--scenario", "STANDARD=5", "--puts", "2000", "--gets", "20000")
    assert [event["month"] for event in spared.events if event["type"] == "scenario"] == ["0.00"]


def test_every_class_side_by_side(tmp_path: Path) -> None:
    came = call(tmp_path, "cost", "--json", "--gb", "400", "--objects", "102")
    rows = {event["class"]: event for event in came.events if event["type"] == "comparison"}
    assert (rows["STANDARD"]["month"], rows["GLACIER"]["month"], rows["DEEP_ARCHIVE"]["month"]) == ("9.20", "1.44", "0.40")
    assert rows["STANDARD"]["glacier_ir_is_cheaper"] == {"when": "below", "share": "0.633333"}
    assert rows["GLACIER_IR"]["glacier_ir_is_cheaper"] is None and rows["DEEP_ARCHIVE"]["hours"] == "12"
    assert "under 63.33 % read a month" in call(tmp_path, "cost", "--gb", "400", "--compare").out


@pytest.mark.parametrize(
    "args", [["--scenario", "NOPE=1"], ["--scenario", "=1"], ["--gb", "-1"], ["--gb", "much"], ["--gb", "1", "--scenario", "NOPE"]]
)
def test_what_cannot_be_reckoned_is_a_usage_error(tmp_path: Path, args: list[str]) -> None:
    assert call(tmp_path, "cost", *args).code == 64


def test_now_needs_a_workspace_and_tiers_a_manifest(tmp_path: Path) -> None:
    assert "no-workspace" in call(tmp_path, "cost").err
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {a: {path: a}}\n")
    (tmp_path / "a").mkdir()
    assert "no-tiers" in call(tmp_path, "manifest").err
    came = call(tmp_path, "cost")
    assert came.code == 0 and "has no buckets" in came.err and "$0.00" in came.out
    assert "no-bucket-store" in call(tmp_path, "s3", "policy").err


def test_a_price_list_with_faults_is_said_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "prices.yaml").write_text("version: 1\nname: x\nsource: y\ndate: soon\nclasses: {STANDARD: {gb_month: -1}}\n")
    came = call(tmp_path, "cost", "--prices", "prices.yaml", "--scenario", "STANDARD=1")
    assert came.code == 1 and "prices.yaml:4" in came.err and "prices.yaml:5" in came.err
    assert call(tmp_path, "validate", "prices.yaml").code == 1


def test_a_plan_says_what_it_costs_and_the_guard_refuses_it(tmp_path: Path) -> None:
    make(tmp_path, archived=12, whole=100 * 2**30, now=1_750_000_000)
    (tmp_path / "reshelve.yaml").write_text(TIERS)
    buckets = CaseBuckets()
    with buckets.served():
        assert call(tmp_path, "scan").code == 0
        came = call(tmp_path, "plan", "-o", "plan.json")
        assert came.code == 7 and "warning[max-cost]" in came.err
        assert call(tmp_path, "observe", "-o", "inventory.ndjson").code == 0
        saved = call(tmp_path, "plan", "--against", "inventory.ndjson", "--detailed-exitcode")
        assert saved.code == 7 and "warning[max-cost]" in saved.err
        assert "more than now (AWS S3, US East (N. Virginia), 2026-05-01)." in came.out
        refused = call(tmp_path, "apply", "plan.json", "--yes")
        assert refused.code == 7 and "the guard allows 1 USD/month" in refused.err
        assert "Once:" in call(tmp_path, "cost", "plan.json").out
        (event,) = [event for event in call(tmp_path, "cost", "plan.json", "--json").events if event["type"] == "cost"]
        assert event["month_after"] == event["month_difference"] and event["lines"][0]["kind"] == "requests"
        planned = call(tmp_path, "plan", "--json")
        assert [one["type"] for one in planned.events].count("cost") == 1, planned.events
        assert "more than now" in call(tmp_path, "plan", "--markdown").out
        assert call(tmp_path, "manifest", "-o", "manifest.json").code == 0
    made = json.loads((tmp_path / "manifest.json").read_text())
    assert made["version"] == 1 and len(made["projects"]) == 20 and made["projects"][0]["storage"]["s3"] == {"exists": False}


def test_a_manifest_is_what_its_schema_says(tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator

    from reshelve.schemas.documents.json_schemas import schema_for

    make(tmp_path, active=1, archived=2, whole=2**20)
    (tmp_path / "reshelve.yaml").write_text(TIERS)
    buckets = CaseBuckets()
    buckets.lay("s3://videos/v/b00-b49/b00-project-00.tar.gz = x [DEEP_ARCHIVE]\n")
    with buckets.served():
        call(tmp_path, "manifest", "-o", "manifest.json")
        events = call(tmp_path, "manifest", "--json").events
    made = json.loads((tmp_path / "manifest.json").read_text())
    assert list(Draft202012Validator(schema_for("manifest")).iter_errors(made)) == []
    s3 = made["projects"][0]["storage"]["s3"]
    assert s3 == {
        "bucket": "videos", "key": "v/b00-b49/b00-project-00.tar.gz", "tier": "DEEP_ARCHIVE", "size_bytes": 2,
        "uploaded_at": s3["uploaded_at"], "transitioned_at": None, "stands_in": "s3", "thawed": "",
        "thaw_ready": "", "differs_from": "", "objects": 1, "exists": True,
    }  # fmt: skip
    assert [event["id"] for event in events if event["type"] == "project"] == [project["id"] for project in made["projects"]]


SHARED = """\
version: 1
stores: {work: {path: .}, archive: {s3: old}, collab: {s3: room}}
sync: {staging: {here: "work:{project}/s3-staging", there: "collab:v/{project}", expire: 90d}}
"""


def test_the_policy_of_several_people_is_of_what_they_share(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text(SHARED)
    came = call(tmp_path, "s3", "policy", "--person", "david=arn:d", "--person", "jan=arn:j")
    assert came.code == 0
    made = json.loads(came.out)
    assert [each["Sid"] for each in made["Statement"]] == ["CollabList", "CollabBucket", "CollabObjects", "Record1", "Record2"]
    for wrong in (["--person", "david"], ["--person", "a b=arn:d"], ["--person", "d=arn:d", "--person", "d=arn:e"]):
        assert call(tmp_path, "s3", "policy", *wrong).code == 64
    assert call(tmp_path, "s3", "policy", "collab", "--person", "d=arn:d").code == 64


def test_the_policy_allows_to_set_the_expiry_that_a_sync_declares(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text(SHARED)
    made = json.loads(call(tmp_path, "s3", "policy", "collab").out)
    assert "s3:PutLifecycleConfiguration" in next(each for each in made["Statement"] if each["Sid"] == "CollabBucket")["Action"]


def test_init_from_an_environment_file(tmp_path: Path) -> None:
    (tmp_path / ".video-tools.env").write_text("SSD_BASE=/ssd\nS3_BUCKET=b\nAWS_SECRET_ACCESS_KEY=hush\n")
    came = call(tmp_path, "init", "--from-env", ".video-tools.env")
    assert came.code == 0 and "env-secret" in came.err and "hush" not in came.out + came.err
    assert "hush" not in (tmp_path / "reshelve.yaml").read_text() and call(tmp_path, "validate", "reshelve.yaml").code == 0
    assert call(tmp_path, "init", "--from-env", ".video-tools.env").code == 1
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "not-text" in call(tmp_path, "init", "x", "--from-env", "binary").err


def test_archiving_by_name_is_kept_to_the_cost_guard(tmp_path: Path) -> None:
    make(tmp_path, archived=2, whole=100 * 2**30, now=1_750_000_000)
    (tmp_path / "reshelve.yaml").write_text(TIERS)
    buckets = CaseBuckets()
    with buckets.served():
        before = sorted(tmp_path.rglob("*"))
        for more in (["--yes"], ["--dry-run"]):
            came = call(tmp_path, "archive", "b00", "--to", "s3", *more)
            assert came.code == 7 and "error[max-cost]" in came.err and "the guard allows 1 USD/month" in came.err
            assert "A month would cost $" in came.err and "--only" not in came.err
        assert list(buckets.listing()) == [] and [path for path in before if not path.exists()] == []


def test_a_plan_says_what_it_costs_however_little_that_is(tmp_path: Path) -> None:
    make(tmp_path, archived=1, whole=2**20, now=1_750_000_000)
    (tmp_path / "reshelve.yaml").write_text(TIERS)
    with CaseBuckets().served():
        came = call(tmp_path, "archive", "b00", "--to", "s3", "--yes")
        assert came.code == 0 and "Cost: under $0.01 a month, under $0.01 more than now" in came.out
        assert "Once: under $0.01 (requests under $0.01)." in came.out
