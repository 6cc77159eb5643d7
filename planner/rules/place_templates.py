"""Place templates: from the facts of one item to the one location they name, never anywhere else.

A template such as `tv:{{ show }}/Season {{ '%02d' % season }}/{{ filename }}` is compiled once a rule. Every value goes
through `_finalize`, so that none adds a path level, leaves its store, or makes a name some file system cannot hold.
`subdir` alone may bring levels: those the source already had. The item's own name (`filename`, `stem`, `ext`) and
`subdir` keep their bytes. A template that uses `seq` gives a target whose number is still open.
"""

import functools
import re
from collections.abc import Mapping
from types import CodeType
from typing import Any

from reshelve.planner.rules.free_names import own_halves
from reshelve.planner.rules.portable_names import LIMIT, portable_part, portable_text, truncate_part, unreserved
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.schemas import locations

OFFERED = frozenset({"filename", "clear_filename", "stem", "ext", "subdir", "store", "mtime", "seq"})
"""Names every template may use that are not facts.

`clear_filename` is the item's own name where that tells what it is, else one made of facts; `mtime` is when it was last written,
ISO 8601 in UTC; `seq` is the number that tells files apart whose names begin alike.
"""

_STORE = re.compile(r"(?:[A-Za-z][A-Za-z0-9_-]*|\{\{-?\s*store\s*-?\}\}):")
_BARE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Marks inside a rendered text, for what is put in only once the text has been cut into parts. No value can hold them.
_FILENAME, _STEM, _EXT, _KEPT, _NOTHING, _ESCAPE = "\x00", "\x01", "\x02", "\x03", "\x04", "\x05"
_OWN = re.compile("[\x00-\x03]")
_ESCAPED = {ord(mark): f"{_ESCAPE}{letter}" for mark, letter in zip("\x00\x01\x02\x03\x04\x05", "012345", strict=True)}
_UNESCAPED = re.compile(f"{_ESCAPE}([0-5])")
_PLAIN_NAME = (_FILENAME,)
_SEQUENCE = re.compile("\x06(0*)\x06")
_MEMO_LIMIT = 8192

_OWN_NAMES = frozenset({"filename", "clear_filename", "stem", "ext"})

_Rendered = tuple[str, str, tuple[str, ...]]
"""A store, a folder with its ending `/`, and the parts below it that hold a piece of the item's own name."""


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Return a place with what is the same for every item written into it, as far as that is a plain name.

    So the folders above a show or film are known before there is one.
    """

    def written(found: re.Match[str]) -> str:
        value = str(values.get(found[1], ""))
        return value if value and portable_part(value) == value and "{" not in value else found[0]

    return _BARE.sub(written, text)


class MissingFact(Exception):  # noqa: N818
    """A place uses a fact that is not known; `name` says which."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the place uses {name!r}, which is not known")


class PlaceError(Exception):
    """A place that cannot be: the template is faulty, or what it renders is no location. `reason` says why in a phrase.

    `hint` says what to write instead of the `piece` that is wrong; both are "" where that is not known.
    """

    def __init__(self, reason: str, hint: str = "", piece: str = "") -> None:
        self.reason = reason
        self.hint = hint
        self.piece = piece
        super().__init__(reason)


class _Own(str):
    """A piece of the item's own name. Computed with, it is text like any other; printed, it leaves its mark."""

    __slots__ = ()
    mark = _KEPT


class _Filename(_Own):
    __slots__ = ()
    mark = _FILENAME


class _Stem(_Own):
    __slots__ = ()
    mark = _STEM


class _Ext(_Own):
    __slots__ = ()
    mark = _EXT


class _Subdir(str):
    """The item's own folder: the one value that may hold `/`."""

    __slots__ = ()


class PlaceTemplate:
    """One compiled `place:`. Of the `names` it uses, `uses` are facts. Raises PlaceError for a faulty template.

    `strict` replaces, in the item's own name too, what Windows, SMB and exFAT cannot hold.
    """

    __slots__ = (
        "_facts", "_faults", "_fold", "_memo", "_missing", "_most", "_new_context", "_open_number", "_own", "_root", "_written",
        "names", "strict", "text", "uses",
    )  # fmt: skip

    def __init__(self, text: str, *, strict: bool = False) -> None:
        # Jinja2 takes 60 ms to import, and most commands render nothing.
        from jinja2 import TemplateError

        from reshelve.planner.rules.template_bounds import LARGEST, written
        from reshelve.planner.rules.template_sandbox import MissingName, OpenNumber, sandbox

        if _CONTROL.search(text):
            raise PlaceError("a place cannot contain control characters")
        if len(text) > locations.LONGEST:
            raise PlaceError(f"a place has at most {locations.LONGEST:,} characters, and this one has {len(text):,}")
        if not _STORE.match(text):
            raise PlaceError("a place begins with its store, as in tv:{{ show }}/{{ filename }}")
        names, computed, code = _compiled(text)
        # The environment counts what one rendering takes: each template has its own.
        environment = sandbox(_finalize)
        template = environment.template_class.from_code(environment, code, environment.make_globals(None))
        own = _OWN_NAMES
        self.text = text
        self.strict = strict
        self.names = names
        self.uses = frozenset(names - OFFERED)
        self._missing = MissingName
        self._faults = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
        self._written, self._most = written, LARGEST
        self._root = template.root_render_func
        self._new_context = template.new_context
        # Where the item's own name is only printed, all items of the same facts share one rendering.
        self._own = own & names
        self._fold = not computed
        self._facts = tuple(sorted((names - own) | (names & {"clear_filename"})))
        self._open_number = OpenNumber() if "seq" in names else None
        self._memo: dict[tuple[Any, ...], _Rendered] = {}

    @property
    def computes(self) -> bool:
        """Whether it does more with the item's own name than to print it."""
        return not self._fold

    def render(self, values: Mapping[str, Any]) -> str | OpenTarget:
        """Return the location for `values`, the facts and what is OFFERED; one that waits for its number where `seq` is used.

        Raises MissingFact and PlaceError.
        """
        name: str = values.get("filename", "")
        if self._open_number is not None and "seq" not in values:
            bare = name.replace("\x06", "")
            parts = self._parts(values, bare)
            is_open = _SEQUENCE.search("/".join(parts[1:2] + parts[2])) is not None
            return self._finish_open(parts, bare) if is_open else self._finish(parts, name)
        if not self._fold:
            return self._finish(self._parts(values, name), name)
        key = tuple([_key(values.get(fact)) for fact in self._facts])
        made = self._memo.get(key)
        if made is None:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            made = self._memo[key] = self._parts(values, "")
        return self._finish(made, name)

    def _parts(self, values: Mapping[str, Any], name: str) -> _Rendered:
        """Render, and cut into the parts that hold a piece of the item's own name and the folder before them."""
        offered = {fact: value for fact in self._facts if (value := values.get(fact)) is not None and value != ""}
        if "subdir" in self._facts:
            offered["subdir"] = _Subdir(values.get("subdir") or "")
        if self._own:
            stem, ext = own_halves(name)
            offered.setdefault("clear_filename", _Filename(name))
            offered.update(filename=_Filename(name), stem=_Stem(stem), ext=_Ext(ext[1:]))
        if self._open_number is not None:
            offered.setdefault("seq", self._open_number)
        try:
            text = self._written(self._root(self._new_context(offered, True)), self._most)
        except self._missing as missing:
            raise MissingFact(missing.name) from missing
        except self._faults as fault:
            raise PlaceError(f"the template failed: {fault}") from fault
        store, _, rel = text.partition(":")
        if not locations.STORE_NAME.match(store):
            raise PlaceError(f"{locations.printable(store)!r} is not a store name")
        parts = [part for part in rel.split("/") if part != _NOTHING]
        first = next((at for at, part in enumerate(parts) if _OWN.search(part)), max(len(parts) - 1, 0))
        folder = "".join([f"{self._checked(part, '')}/" for part in parts[:first]])
        return store, folder, tuple(parts[first:])

    def _finish(self, made: _Rendered, name: str) -> str:
        store, folder, rest = made
        if rest == _PLAIN_NAME and not self.strict and name.isascii() and _ordinary(name):
            tail = name
        else:
            tail = "/".join([self._checked(part, name) for part in rest])
        path = folder + tail
        if wrong := locations.bound_fault(path):
            raise PlaceError(wrong)
        return locations.join(store, path)

    def _finish_open(self, made: _Rendered, name: str) -> OpenTarget:
        store, folder, rest = made
        path = folder + "/".join([self._checked(part, name) for part in rest])
        marks = list(_SEQUENCE.finditer(path))
        if len(marks) != 1 or "/" in path[marks[0].end() :]:
            raise PlaceError("`seq` belongs in the file name, once" if marks else "the name is too long to hold `seq`")
        return OpenTarget(store, path[: marks[0].start()], len(marks[0][1]), path[marks[0].end() :])

    def _checked(self, part: str, name: str) -> str:
        """Return one part fit to stand in a path, the item's own name put where its marks are."""
        ends_own = part[-1:] <= _KEPT
        if _OWN.search(part):
            stem, ext = own_halves(name)
            for mark, piece in ((_FILENAME, name), (_STEM, stem), (_EXT, ext[1:]), (_KEPT, ""), (_NOTHING, "")):
                part = part.replace(mark, _escaped(piece))
        part = part.replace(_NOTHING, "")
        if _ESCAPE in part:
            part = _UNESCAPED.sub(lambda found: chr(int(found.group(1))), part)
        if not part.strip(". "):
            raise PlaceError("a folder or file name came out empty" if not part.strip() else f"{part!r} is not a name")
        if self.strict:
            part = portable_part(part)
        elif not ends_own:
            part = unreserved(part)
        if locations.is_reserved(part):
            raise PlaceError(f"{part!r} is reserved for reshelve")
        return part if len(part) * 4 <= LIMIT else truncate_part(part)


@functools.lru_cache(512)
def _compiled(text: str) -> tuple[frozenset[str], bool, CodeType]:
    """Return the names a template uses, whether it computes with the item's own name, and its code. Raises PlaceError.

    One process compiles a place again and again: it checks the rules, scans by them, and watches for days.
    """
    from jinja2 import meta, nodes

    from reshelve.planner.rules.template_bounds import FAULTY, fault_text
    from reshelve.planner.rules.template_sandbox import sandbox
    from reshelve.planner.rules.template_slips import slip

    environment = sandbox(_finalize)
    try:
        tree = environment.parse(text)
        code = environment.code_of(text)
    except FAULTY as fault:
        found = slip(text, fault_text(fault), environment.fault_of)
        raise PlaceError(f"the template does not compile: {found.detail}", found.hint, found.piece) from fault
    printed = {id(n) for out in tree.find_all(nodes.Output) for n in out.nodes if isinstance(n, nodes.Name)}
    computed = any(n.name in _OWN_NAMES and id(n) not in printed for n in tree.find_all(nodes.Name))
    return frozenset(meta.find_undeclared_variables(tree)), computed, code


def _finalize(value: Any) -> Any:
    """Return a value fit to print inside one path part. Jinja2 calls it for every `{{ }}`."""
    if isinstance(value, str):
        if isinstance(value, _Own):
            return value.mark
        if isinstance(value, _Subdir):
            return "/".join([_escaped(part) + _KEPT for part in value.split("/")]) if value else _NOTHING
        return portable_text(value)
    if hasattr(value, "mark"):
        return value.mark
    kind = type(value)
    if kind is int:
        return value
    if kind is bool:
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return portable_text("-".join([str(one) for one in value]))
    return portable_text(str(value))


def _escaped(piece: str) -> str:
    """Return a piece of an original name with what would be taken for a mark or a separator written otherwise."""
    if "/" in piece or "\0" in piece:
        piece = portable_text(piece)
    return piece if piece.isprintable() else piece.translate(_ESCAPED)


def _ordinary(name: str) -> bool:
    return 0 < len(name) <= LIMIT and name[0] != "." and "/" not in name and "\0" not in name


def _key(value: Any) -> Any:
    """Return a hashable that tells apart what is printed apart: 1, 1.0 and True are equal, and do not look it."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    return kind.__name__, repr(value)
