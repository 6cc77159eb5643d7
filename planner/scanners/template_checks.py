"""Project templates checked where they are written: texts that do not compile, and what a project does not have."""

from collections.abc import Iterator, Mapping
from typing import Any

from reshelve.schemas.documents.layout_checks import Fault, Path
from reshelve.schemas.near_words import near
from reshelve.schemas.project_settings import Template

OF_A_PROJECT = ("name", "client", "template", "created")
"""What a template may ask of `project`."""


def template_faults(templates: Mapping[str, Template], above: Path = ("templates",)) -> Iterator[Fault]:
    """Yield what is wrong with the texts of project templates, each by its path below `above`.

    What `vars` lack is left alone: a project may have it, or `reshelve new --set` give it.
    """
    from jinja2 import TemplateError, nodes

    from reshelve.planner.rules.template_bounds import fault_text
    from reshelve.planner.rules.template_sandbox import sandbox
    from reshelve.planner.rules.template_slips import slip

    environment = sandbox()
    for name, template in templates.items():
        for text, path, on_key in _texts(template, (*above, name) if above else ()):
            try:
                parsed = environment.parse(text)
                environment.from_string(text)
            except (TemplateError, RecursionError) as fault:
                found = slip(text, fault_text(fault), environment.fault_of)
                detail = f"{found.detail[:1].upper()}{found.detail[1:200].rstrip('.')}."
                hint = found.hint or 'write it as in "{{ project.name }}"'
                yield Fault(path, "template-text", "a text that is not a template", detail, hint, on_key, piece=found.piece)
                continue
            for asked in parsed.find_all(nodes.Getattr):
                if isinstance(asked.node, nodes.Name) and asked.node.name == "project" and asked.attr not in OF_A_PROJECT:
                    meant = near(asked.attr, OF_A_PROJECT)
                    hint = f"did you mean project.{meant}?" if meant else f"it has {', '.join(OF_A_PROJECT)}"
                    detail = f"A project has no `{asked.attr}` here."
                    yield Fault(path, "template-name", "an unknown name in a template", detail, hint, on_key)


def _texts(template: Template, at: Path) -> Iterator[tuple[str, Path, bool]]:
    """Yield each text that is filled in, with its path, and whether it is a key."""
    yield from _of_tree(template.dirs, (*at, "dirs"))
    for name, file in template.files.items():
        yield name, (*at, "files", name), True
        if file.text is not None:
            yield file.text, (*at, "files", name, "text"), False
        yield from _of_json(file.json_, (*at, "files", name, "json"))
    if isinstance(folder := template.vars.get("folder"), str):
        yield folder, (*at, "vars", "folder"), False


def _of_tree(tree: Any, at: Path) -> Iterator[tuple[str, Path, bool]]:
    if isinstance(tree, dict):
        for name, below in tree.items():
            yield str(name), (*at, name), True
            if below:
                yield from _of_tree(below, (*at, name))
    elif isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from _of_tree(each, (*at, number))
    else:
        yield str(tree), at, False


def _of_json(value: Any, at: Path) -> Iterator[tuple[str, Path, bool]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _of_json(inner, (*at, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _of_json(inner, (*at, number))
    elif isinstance(value, str):
        yield value, at, False
