"""Dataclasses that a start can afford: what is compared, hashed and shown takes no code of its own for each class.

`dataclasses` compiles six functions for a frozen class, about 0.3 ms: two hundred classes took a fifth of a start.
Here only `__init__` is compiled, and that when the first value is made: of most classes a command makes none. The type checker
keeps frozen values from being assigned to, for which this name is `dataclasses.dataclass`; a running program does not, which
also makes the making of a value cheaper.
"""

from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(*, slots: bool, frozen: bool = False, eq: bool = True) -> Callable[[type], type]:
        """Return a decorator that makes a class a dataclass, as `dataclasses.dataclass` does; what it defines itself stays."""

        def made(written: type) -> type:
            own = set(vars(written))
            result = dataclasses.dataclass(slots=slots, init=False, repr=False, eq=False)(written)
            fields = dataclasses.fields(result)
            if "__init__" not in own:
                result.__init__ = _compiled_on_use(result, fields)
            if "__repr__" not in own:
                result.__repr__ = _shown_by([field.name for field in fields if field.repr])
            if eq and "__eq__" not in own:
                compared = _values_of([field.name for field in fields if field.compare])
                result.__eq__ = _equal_by(compared)
            if eq and vars(written).get("__hash__") is None:
                hashed = [field.name for field in fields if (field.compare if field.hash is None else field.hash)]
                result.__hash__ = _hashed_by(_values_of(hashed)) if frozen else None
            return result

        return made

    def _compiled_on_use(made: type, fields: tuple[dataclasses.Field, ...]) -> Callable[..., None]:
        """Return an `__init__` that puts the real one in its place when it is called."""

        def __init__(self: object, *given: object, **named: object) -> None:  # noqa: N807 - it is told by this name in errors
            after = {"__post_init__": made.__post_init__} if hasattr(made, "__post_init__") else {}
            own = [_as_made(field) for field in fields]
            model = dataclasses.make_dataclass(made.__name__, own, namespace=after, repr=False, eq=False)
            made.__init__ = model.__init__
            made.__init__(self, *given, **named)

        return __init__

    def _as_made(field: dataclasses.Field) -> tuple[str, type, dataclasses.Field]:
        own = dataclasses.field(
            default=field.default, default_factory=field.default_factory, init=field.init, kw_only=field.kw_only
        )
        return field.name, object, own

    def _values_of(names: list[str]) -> Callable[[object], object]:
        return attrgetter(*names) if names else lambda _value: ()

    def _equal_by(values: Callable[[object], object]) -> Callable[[object, object], bool]:
        def equal(self: object, other: object) -> bool:
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        return equal

    def _hashed_by(values: Callable[[object], object]) -> Callable[[object], int]:
        def hashed(self: object) -> int:
            return hash(values(self))

        return hashed

    def _shown_by(names: list[str]) -> Callable[[object], str]:
        @recursive_repr()
        def shown(self: object) -> str:
            return f"{self.__class__.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

        return shown


__all__ = ["dataclass"]
