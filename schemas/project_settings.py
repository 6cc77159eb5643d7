"""Projects of the workspace: templates, which say with which folders and files one begins, and those made from them."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from reshelve.schemas.store_settings import Model, checked

_LIKE_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class FileTemplate(Model):
    """One generated file of a template: `text`, or `json` (any value, its texts being templates too)."""

    text: Annotated[str | None, Field(description="The file's text.", examples=["Notes on {{ project.name }}\n"])] = None
    json_: Any = Field(
        default=None,
        alias="json",
        description="The file's content as any value, written as JSON.",
        examples=[{"name": "{{ project.name }}"}],
    )

    @model_validator(mode="after")
    def _one_form(self) -> "FileTemplate":
        if (self.text is None) == (self.json_ is None):
            raise ValueError("a file of a template has either `text` or `json`")
        return self


DirTree = list[Any] | dict[str, Any]
"""Folders, in any of three forms: a list of paths (or of nested maps), or a map from a name to its subtree (empty: a leaf)."""


class Template(Model):
    """A project's folders and generated files. Names and texts are Jinja2 templates over `project` and `vars`."""

    dirs: Annotated[
        DirTree,
        Field(
            description="The folders: a list of paths, a list with nested maps, or a map from a name to its subtree.",
            examples=[["footage", "export"]],
        ),
    ] = []
    files: Annotated[
        dict[str, FileTemplate],
        Field(
            description="Files to write, by their path in the project.", examples=[{"notes.txt": {"text": "{{ project.name }}\n"}}]
        ),
    ] = {}
    vars: Annotated[
        dict[str, Any],
        Field(description="Values for names and texts, as `vars.NAME`; a project may override them.", examples=[{"fps": 25}]),
    ] = {}
    description: Annotated[str, Field(description="What the template is for.", examples=["A music video"])] = ""

    @field_validator("dirs", "files")
    @classmethod
    def _inside(cls, tree: Any) -> Any:
        for path in _paths(tree):
            if path.startswith("/") or any(part.strip() in (".", "..") for part in re.split(r"[/\\\\]", path)):
                raise ValueError(f"{path[:80]!r} leads out of the project: paths start at its folder, and have no `.` or `..`")
        return tree


def _paths(tree: Any) -> Iterator[str]:
    """Yield every name and path of a tree of folders, or of files by their paths."""
    if isinstance(tree, list):
        for each in tree:
            yield from _paths(each)
    elif isinstance(tree, dict):
        for name, below in tree.items():
            yield str(name)
            yield from _paths(below)
    elif isinstance(tree, str):
        yield tree


def _day(text: str | None) -> None:
    """Refuse what is written like a day and is none. Other words are taken as they are. Raises ValueError."""
    if text is not None and _LIKE_A_DAY.fullmatch(text):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a day that there is") from None


class Project(Model):
    """One project created from a template, in the location `in`."""

    name: Annotated[
        str,
        Field(description="The project's name, and that of its folder unless `vars.folder` gives one.", examples=["Acme Spring"]),
    ]
    template: Annotated[str, Field(description="The template it is created from.", examples=["documentary"])] = "standard_video"
    in_: str = Field(
        alias="in",
        description="The location that the project's folder is in; it may hold values, as in `projects:{{ client }}`.",
        examples=["projects:2026"],
    )
    client: Annotated[
        str | None, Field(description="The client it is for: `project.client` in the template.", examples=["Acme"])
    ] = None
    created: Annotated[
        str | None,
        checked(_day),
        Field(description="The day it began: `project.created` in the template.", examples=["2026-03-01"]),
    ] = None
    vars: Annotated[dict[str, Any], Field(description="Values that override the template's own.", examples=[{"fps": 50}])] = {}
