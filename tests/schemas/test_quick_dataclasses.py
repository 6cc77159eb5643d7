"""Quick dataclasses are compared, hashed, shown and made as those of the standard library are."""

import dataclasses
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reshelve.schemas import quick_dataclasses

Maker = Callable[..., Callable[[type], type]]


class _Fields:
    """The fields of every kind; a class of each maker is made of them."""


def _made(maker: Maker, *, own: dict[str, Any] | None = None, **options: bool) -> type:
    body = {
        "__annotations__": {"name": "str", "size": "int", "note": "str", "parts": "tuple[str, ...]"},
        "note": dataclasses.field(default="", compare=False),
        "parts": dataclasses.field(default=(), repr=False, hash=False),
        "__qualname__": "Thing",
        "__module__": __name__,
    }
    return maker(slots=True, **options)(type("Thing", (_Fields,), {**body, **(own or {})}))


OPTIONS = [{"frozen": frozen, "eq": eq} for frozen in (True, False) for eq in (True, False)]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_values_are_told_apart_and_shown_alike(options: dict[str, bool]) -> None:
    seen = []
    for maker in (dataclasses.dataclass, quick_dataclasses.dataclass):
        thing = _made(maker, **options)
        one, noted = thing("a", 1, note="n"), thing("a", 1)
        others = [thing("b", 1), thing("a", 2), thing("a", 1, parts=("x",)), _made(maker, **options)("a", 1), ("a", 1)]
        hashable = thing.__hash__ is not None
        seen.append(
            (
                [repr(value) for value in (one, others[2])],
                one == noted,
                [one == other for other in others],
                hashable,
                hashable and hash(one) == hash(noted),
                hashable and hash(one) == hash(others[2]),
                [field.name for field in dataclasses.fields(thing)],
                dataclasses.replace(one, size=3) == thing("a", 3),
                thing.__match_args__,
                hasattr(one, "__dict__"),
            )
        )
    assert seen[0] == seen[1]


@pytest.mark.parametrize("name", ["__repr__", "__eq__", "__hash__"])
def test_what_a_class_defines_itself_stays(name: str) -> None:
    def own(*_: object) -> Any:
        return {"__repr__": "own", "__eq__": True, "__hash__": 7}[name]

    for frozen in (True, False):
        thing = _made(quick_dataclasses.dataclass, own={name: own}, frozen=frozen)
        assert getattr(thing, name) is own
        std = _made(dataclasses.dataclass, own={name: own}, frozen=frozen)
        assert (thing.__hash__ is None) == (std.__hash__ is None)


def test_a_class_without_fields_is_a_value() -> None:
    nothing = quick_dataclasses.dataclass(slots=True, frozen=True)(type("Nothing", (), {}))
    assert nothing() == nothing()
    assert len({nothing(), nothing()}) == 1
    assert repr(nothing()).endswith("Nothing()")


@quick_dataclasses.dataclass(slots=True, frozen=True)
class Kept:
    """A value that goes to another process."""

    name: str
    inner: "Kept | None" = None


@quick_dataclasses.dataclass(slots=True)
class Ring:
    """A value that can hold itself."""

    of: object = None


def test_values_are_pickled_and_those_that_hold_themselves_are_shown() -> None:
    kept = Kept("a", Kept("b"))
    assert pickle.loads(pickle.dumps(kept)) == kept
    ring = Ring()
    ring.of = ring
    assert repr(ring) == "Ring(of=...)"
    with pytest.raises(TypeError, match="unhashable"):
        hash(ring)


def test_values_are_made_of_what_is_given_as_the_standard_library_makes_them() -> None:
    told = []
    for maker in (dataclasses.dataclass, quick_dataclasses.dataclass):
        body = {
            "__annotations__": {"name": "str", "tags": "list[str]", "seen": "int", "note": "str"},
            "tags": dataclasses.field(default_factory=list),
            "seen": dataclasses.field(default=0, init=False),
            "note": dataclasses.field(default="", kw_only=True),
            "__post_init__": lambda self: setattr(self, "seen", len(self.name)),
        }
        thing = maker(slots=True)(type("Thing", (), body))
        faults = []
        for given, named in ((), {}), (("a", [], 1), {}), (("a",), {"other": 1}), (("a",), {"name": "b"}):
            with pytest.raises(TypeError) as caught:
                thing(*given, **named)
            faults.append(str(caught.value).replace("Thing.__init__", "__init__"))
        one, other = thing("ab"), thing("b", note="n")
        types = [field.type for field in dataclasses.fields(thing)]
        told.append((one.seen, one.tags is other.tags, other.note, faults, types, dataclasses.asdict(one)))
    assert told[0] == told[1]


def test_every_dataclass_is_a_quick_one() -> None:
    slow = re.compile(r"^from dataclasses import .*\bdataclass\b|\bdataclasses\.dataclass\(", re.MULTILINE)
    house = Path(quick_dataclasses.__file__).resolve().parents[1]
    modules = [path for room in ("planner", "executors", "schemas", "reshelve") for path in (house / room).rglob("*.py")]
    assert len(modules) > 500
    assert [path.name for path in modules if slow.search(path.read_text())] == ["quick_dataclasses.py"]
