"""What a plan says of buckets once: of names that part there, of classes that are not kept."""

from reshelve.planner.make_plan import PlanRequest, make_plan
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.store_settings import Store
from tests.support.plandesk import Desk, lines, problems


def desk(*files: str) -> Desk:
    found = Desk(*files, home="/home", s3="/s3", out="/out")
    found.about["s3"] = {"kind": "bucket"}
    return found


def test_names_of_one_file_part_in_a_bucket() -> None:
    at = desk("/home/a=one", "/home/c=three")
    at.disk.add("/home/b", "one")
    at.disk.nodes["/home/b"].ino = at.disk.nodes["/home/a"].ino
    found = at.plan({"s3:a": "home:a", "s3:b": "home:b", "s3:c": "home:c"})
    assert lines(found) == ["upload home:a to s3:a", "upload home:b to s3:b", "upload home:c to s3:c"]
    assert problems(found) == [("warning", "links-parted", "home:a")]
    assert "2 names" in found.problems[0].detail and "s3" in found.problems[0].detail
    assert problems(at.plan({"s3:a": Entry("home:a", transfer="copy")})) == []
    assert problems(at.plan({"out:a": "home:a", "out:b": "home:b"})) == []
    assert problems(at.plan({"s3:a": "home:a"})) == [("warning", "links-parted", "home:a")]


def test_a_store_that_keeps_no_classes_is_asked_for_none_and_that_is_said_once() -> None:
    at = desk("/home/a", "/home/b", "/s3/there")
    layout = Layout(
        files={
            "s3:a": Entry("home:a", storage_class="GLACIER"),
            "s3:b": Entry("home:b", storage_class="DEEP_ARCHIVE"),
            "s3:there": Entry(storage_class="GLACIER"),
            "s3:moved": Entry("s3:there", storage_class="GLACIER", transfer="copy"),
        }
    )
    stores = {"s3": Store.model_validate({"s3": "bucket", "classes": False})}
    found = make_plan(layout, at.readers, PlanRequest(stores=stores))
    assert [(each.op, getattr(each, "storage_class", "")) for each in found.operations] == [
        ("upload", ""), ("upload", ""), ("copy", ""),
    ]  # fmt: skip
    assert [(each.severity, each.code, each.detail) for each in found.problems] == [
        ("note", "no-classes", "s3 says `classes: false`: the `class` of 4 entries is left out.")
    ]
    asked = make_plan(layout, at.readers, PlanRequest())
    assert [each.op for each in asked.operations] == ["upload", "upload", "copy", "transition"]


def test_a_key_longer_than_a_bucket_takes_is_told_before_anything_is_uploaded() -> None:
    at = Desk("/home/a", "/home/b", home="/home", s3="s3://bucket/prefix")
    at.about["s3"] = {"kind": "bucket"}
    found = at.plan({"s3:" + "k" * 1017: "home:a", "s3:" + "k" * 1018: "home:b"})
    assert lines(found) == ["upload home:a to s3:" + "k" * 1017]
    assert [each.code for each in found.blocked] == ["name-too-long"]
