"""The sandbox that place and project templates are rendered in: strict about unknown names, no way out."""

import re
from collections.abc import Callable
from typing import Any, NoReturn

from jinja2 import Undefined
from jinja2.exceptions import UndefinedError

from reshelve.planner.rules.place_filters import FILTERS
from reshelve.planner.rules.template_bounds import WORK, Bounded


class MissingName(UndefinedError):  # noqa: N818
    """A template used a name that has no value; `name` says which."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name!r} is not known")


class Missing(Undefined):
    """A name without a value: it may be asked about (`{% if show_year %}`, `is defined`, `default`), but not used."""

    __slots__ = ()

    def _fail(self, *_: Any, **__: Any) -> NoReturn:
        raise MissingName(self._undefined_name or "a value")

    _fail_with_undefined_error = _fail
    __str__ = __iter__ = __len__ = __eq__ = __ne__ = __hash__ = __contains__ = _fail
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _fail
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __pos__ = __neg__ = _fail
    __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = __complex__ = __call__ = __getitem__ = _fail

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        self._fail()


class OpenNumber:
    """A number that is given only later. Printed, or formatted as in `'%04d' % seq`, it leaves its zeros between two `OPEN`."""

    __slots__ = ("_width",)

    def __init__(self, width: int = 3) -> None:
        self._width = width

    @property
    def mark(self) -> str:
        """What it is printed as."""
        return f"{OPEN}{'0' * self._width}{OPEN}"

    def formatted(self, form: Any) -> "OpenNumber":
        """Return what `form % number` is. Raises TypeError for anything but a plain whole number, `%d` or `%04d`."""
        found = _WHOLE.fullmatch(form) if isinstance(form, str) else None
        if found is None:
            raise TypeError(_HOW)
        return OpenNumber(int(found[1] or 1))

    def __str__(self) -> str:
        raise TypeError(_HOW)

    def __format__(self, form: str) -> str:
        raise TypeError(_HOW)


OPEN = "\x06"
_WHOLE = re.compile(r"%0?(\d?)d")
_HOW = "`seq` is written as {{ seq }}, or with another width as {{ '%04d' % seq }}"


def sandbox(finalize: Callable[[Any], Any] | None = None, work: int = WORK) -> Bounded:
    """Return a Jinja2 environment for templates of the workspace, with FILTERS and those of Jinja2 that are safe.

    In it `'%04d' % seq` holds of a number that is given only later. `work` is what one rendering may go through.
    """
    environment = Bounded(work, undefined=Missing, finalize=finalize, autoescape=False, keep_trailing_newline=True)
    for name, function in FILTERS.items():
        environment.add(name, function)
    environment.binop_table["%"] = lambda left, right: right.formatted(left) if type(right) is OpenNumber else left % right
    return environment
