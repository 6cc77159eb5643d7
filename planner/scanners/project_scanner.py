"""The project scanner: every project of the workspace, laid out by its template as folders and generated files.

Names and texts of a template are rendered strictly in a sandbox. A folder or file name keeps the levels its template
writes; a value adds none, and no part is ever "..".
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any

from reshelve.planner.layouts.scan_marks import mark_of
from reshelve.planner.rules.portable_names import portable_part, portable_text
from reshelve.planner.scanners.project_templates import FALLBACK, SHIPPED, shipped
from reshelve.planner.scanners.rule_scanner import Cite
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import bound_fault, join, split
from reshelve.schemas.near_words import near
from reshelve.schemas.problems import Problem
from reshelve.schemas.project_settings import FileTemplate, Project, Template
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.workspace import Workspace

_EXPRESSION = re.compile(r"\{\{-?\s*((?:(?!\{\{|\}\}).)+?)\s*-?\}\}\Z", re.DOTALL)
"""A text that is one `{{ expression }}` and nothing else: in JSON it keeps its type."""


_ALTOGETHER = 1 << 28
"""The most letters that the folders and files of all projects come to."""


@dataclass(slots=True)
class LaidOut:
    """What the projects ask for: folders (leaves are enough), generated files by target, and what was wrong.

    `homes` is the folder that each project is laid out in, by its location, and the project's name.
    """

    dirs: list[str] = field(default_factory=list)
    files: dict[str, Entry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)

    def leave_out(self, homes: Collection[str]) -> set[str]:
        """Let go of what is asked for in these homes, and return the folders that were."""

        def stays(place: str) -> bool:
            return not any(place == home or place.startswith(f"{home}/") for home in homes)

        gone = {place for place in self.dirs if not stays(place)}
        self.dirs = [place for place in self.dirs if place not in gone]
        self.files = {target: entry for target, entry in self.files.items() if stays(target)}
        return gone


def lay_out(
    workspace: Workspace, cite: Cite, now_ns: int, before: Mapping[str, Entry] | None = None, given: Mapping[str, Any] | None = None
) -> LaidOut:
    """Return the folders and files of all projects. `given` are the values of `set:` and `--set`.

    A project that does not say when it was `created` keeps the date that the entry of the last scan (`before`, by target)
    has, and gets the day of `now_ns` (ns since the epoch, UTC) the first time.
    """
    laid = LaidOut()
    known = {**{name: shipped(name) for name in SHIPPED}, **workspace.templates} if workspace.projects else {}
    pens = _Pens() if workspace.projects else None
    for index, project in enumerate(workspace.projects):
        assert pens is not None
        at = cite(("projects", index))
        name = project.template
        if name not in known:
            meant = near(name, known)
            hint = f"Did you mean `{meant}`?" if meant else f"Templates: {', '.join(sorted(known))}."
            detail = f"project {project.name}: there is no template {name!r}; {FALLBACK} is used instead."
            summary = "A project names an unknown template."
            laid.problems.append(Problem("unknown-template", summary, detail, at, hint, severity="warning"))
            name = FALLBACK
        today = datetime.fromtimestamp(now_ns // 10**9, UTC).date().isoformat()
        _lay_out_one(project, name, known[name], at, today, before or {}, pens, laid, given or {})
    laid.dirs = sorted(set(laid.dirs))
    return laid


def _lay_out_one(
    project: Project,
    name: str,
    template: Template,
    at: str,
    today: str,
    before: Mapping[str, Entry],
    pens: "_Pens",
    laid: LaidOut,
    given: Mapping[str, Any],
) -> None:
    values = {**template.vars, **project.vars}
    facts = {"name": project.name, "client": project.client, "template": name, "created": project.created or today}
    plain = {name: value for name, value in facts.items() if name != "template"}
    offered = {**given, **values, **plain, "project": facts, "vars": values}
    because = f"project {project.name}, template {name}"
    store, home = split(project.in_)
    try:
        within = _path("", pens.name(home, offered)) if "{" in home else home.rstrip("/")
        top = _path(within, pens.name(str(values.get("folder", "{{ project.name }}")), offered))
        laid.homes[join(store, top)] = project.name
        places = [_path(top, pens.name(text, offered)) for text in _leaves(template.dirs, "")]
        laid.dirs += [join(store, place) for place in places] or [join(store, top)]
        for file, generated in sorted(template.files.items()):
            target = join(store, _path(top, pens.name(file, offered)))
            if project.created is None:
                facts["created"] = _created(before.get(target)) or today
            if target in laid.files:
                detail = f"project {project.name}: another project has this file already."
                laid.problems.append(Problem("project-twice", "Two projects share a folder.", detail, target, f"rename one: {at}"))
                continue
            # What people have made of it since is theirs.
            entry = Entry(content=_content(generated, offered, pens), on_conflict="skip", because=because)
            entry.mark = mark_of(target, entry)
            laid.files[target] = entry
    except pens.faults as fault:
        detail = f"project {project.name}, template {name}: {fault}."
        hint = "change the template, or give what it asks for in the project's `vars`"
        laid.problems.append(Problem("bad-template", "A project's template cannot be filled in.", detail, at, hint))


class _Pens:
    """Renders a template's names, texts and JSON, each compiled once."""

    def __init__(self) -> None:
        from reshelve.planner.rules.template_bounds import FAULTY, WORK
        from reshelve.planner.rules.template_sandbox import sandbox

        self.faults = (*FAULTY, TypeError, ArithmeticError, LookupError, AttributeError)
        self._left = _ALTOGETHER
        self._names = sandbox(lambda value: portable_text(value) if isinstance(value, str) else "" if value is None else value)
        self._texts = sandbox(lambda value: "" if value is None else value, 64 * WORK)
        self._name_templates: dict[str, Any] = {}
        self._expressions: dict[str, Callable[..., Any]] = {}

    def name(self, text: str, offered: Mapping[str, Any]) -> str:
        template = self._name_templates.get(text)
        if template is None:
            template = self._name_templates[text] = self._names.from_string(text)
        return self._rendered(template, offered)

    def text(self, text: str, offered: Mapping[str, Any]) -> str:
        return self._rendered(self._texts.from_string(text), offered)

    def taken(self, value: Any) -> Any:
        """Return a value that goes into a file, taken from what all projects together may come to. Raises ValueError."""
        self._left -= 100 + (len(value) if isinstance(value, str) else 0)
        if self._left < 0:
            raise ValueError("all projects together write far too much")
        return value

    def _rendered(self, template: Any, offered: Mapping[str, Any]) -> str:
        from reshelve.planner.rules.template_bounds import written

        return str(self.taken(written(template.root_render_func(template.new_context(dict(offered))), max(self._left, 0))))

    def value(self, text: str, offered: Mapping[str, Any]) -> Any:
        """Return what a text of a JSON template stands for: the value itself where it is one expression, else text."""
        from jinja2 import Undefined

        found = _EXPRESSION.match(text)
        if found is None:
            return self.text(text, offered)
        evaluate = self._expressions.get(text)
        if evaluate is None:
            evaluate = self._expressions[text] = self._texts.compile_expression(found[1], undefined_to_none=False)
        value = evaluate(**offered)
        return self.taken(str(value) if isinstance(value, Undefined) else value)


def _content(generated: FileTemplate, offered: Mapping[str, Any], pens: _Pens) -> str:
    if generated.text is not None:
        return pens.text(generated.text, offered)
    return json.dumps(_filled(generated.json_, offered, pens), indent=2, ensure_ascii=False) + "\n"


def _filled(value: Any, offered: Mapping[str, Any], pens: _Pens) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, offered, pens) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, offered, pens) for inner in value]
    return pens.value(value, offered) if isinstance(value, str) else value


def _leaves(tree: Any, above: str) -> Iterator[str]:
    """Yield the paths of a tree's innermost folders, as templates: a map is a subtree, an empty one a leaf, a list several."""
    if isinstance(tree, dict):
        for name, below in tree.items():
            path = f"{above}/{name}"
            if below:
                yield from _leaves(below, path)
            else:
                yield path
    elif isinstance(tree, list):
        for item in tree:
            yield from _leaves(item, above)
    else:
        yield f"{above}/{tree}"


def _path(above: str, text: str) -> str:
    parts = [portable_part(part) for part in text.split("/") if part.strip()]
    path = "/".join([above, *parts] if above else parts)
    if wrong := bound_fault(path):
        raise ValueError(wrong)
    return path


def _created(entry: Entry | None) -> str | None:
    """Return the date that the entry of the last scan gave its project, or None."""
    try:
        created = json.loads(entry.content)["project_info"]["created_date"] if entry is not None and entry.content else None
    except (ValueError, LookupError, TypeError):
        return None
    return created if isinstance(created, str) else None
